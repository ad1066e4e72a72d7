package serve

import (
	"context"
	"errors"
	"io/fs"
)

// A line is what the list shows of a run. Texts are short, whatever the files say.
type line struct {
	id
	State  string // one of states
	Judged bool   // it has results
	Began  string
	Faults string
	Nodes  int
	Seed   uint64

	figures
}

// line returns what the list shows.
func (r run) line() line {
	return line{
		id: r.id, State: r.State, Judged: r.Judged, Began: r.Test.Began(), Faults: r.Test.Faults(),
		Nodes: len(r.Test.Nodes), Seed: r.Test.Seed, figures: r.figures,
	}
}

// A reading is what was read of a run, and from what.
type reading struct {
	test, results stamp
	look          int // the number of the last look after which the files were still like that
	line          line
}

// lines returns the lines of runs that a look found, at most that many. Those that have just been deleted are left out.
func (s *Server) lines(ctx context.Context, found *look, runs []*known, most int) ([]*line, error) {
	var lines []*line
	for _, k := range runs {
		if len(lines) == most {
			break
		}
		if err := ctx.Err(); err != nil { // nobody waits any more
			return nil, err
		}
		l, err := s.line(ctx, found, k)
		if errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
			continue
		}
		if err != nil {
			l = &line{id: k.id, State: damaged, Began: "-"}
		}
		lines = append(lines, l)
	}
	return lines, ctx.Err()
}

// line returns the line of a run. Its files are read by the first who asks, and again once they have changed.
func (s *Server) line(ctx context.Context, found *look, k *known) (*line, error) {
	k.reading.Lock()
	defer k.reading.Unlock()
	before := k.read.Load()
	if before != nil && before.look >= found.number {
		return &before.line, nil
	}
	f, err := s.open(k.id)
	if err != nil {
		return nil, err
	}
	defer f.close()
	now := &reading{test: f.stamp("test.json"), results: f.stamp("results.json"), look: found.number}
	if before != nil && before.test == now.test && before.results == now.results && before.line.State != running {
		now.line = before.line
	} else {
		one, err := s.summary(ctx, f)
		if err != nil {
			return nil, err
		}
		now.line = one.line()
	}
	k.read.Store(now)
	return &now.line, nil
}

// inState returns the runs whose state that was when they were read, which those are now that have not been.
func (s *Server) inState(ctx context.Context, found *look, runs []*known, state string) ([]*known, error) {
	var some []*known
	for _, k := range runs {
		if k.read.Load() == nil {
			if _, err := s.lines(ctx, found, []*known{k}, 1); err != nil {
				return nil, err
			}
		}
		r := k.read.Load()
		if r != nil && r.line.State == state || r == nil && state == damaged {
			some = append(some, k)
		}
	}
	return some, nil
}
