package shrink

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"glomers/harness"
	"glomers/harness/choice"
)

// Options say how to search.
type Options struct {
	// Run carries out a test in virtual time: the same test always gives the same run.
	Run func(ctx context.Context, t harness.Test) (harness.Result, error)
	// MaxRuns limits the number of runs.
	MaxRuns int
	// Progress, if not nil, is called after each run with the number of runs so far and the smallest run found.
	Progress func(runs int, best harness.Test)
}

// A Shrunk is a small run that fails in the same way as a large one. Its method Story describes the run.
type Shrunk struct {
	Test   harness.Test // the small run: Options.Run repeats it
	Result harness.Result
	Err    error // the error of the run, if it had one
	Runs   int   // the number of runs that the search made

	from   plan
	record transcript
}

// Shrink looks for a smaller run that fails in the same way as the run of test: with fewer decisions that differ from those of
// the seed, fewer operations, fewer and shorter faults, fewer nodes, or less time. It takes the check with the worst verdict in the run of test. A smaller run fails in the
// same way if the verdict of this check is at least as bad, with an anomaly of the same kind if the check names kinds. If a
// node broke the protocol, a smaller run fails in the same way if a node breaks the protocol in the same way.
//
// If ctx ends, Shrink returns the smallest run found until then. It returns an error if the run of test does not fail, or fails for
// a reason outside the run.
func Shrink(ctx context.Context, test harness.Test, o Options) (*Shrunk, error) {
	test.Excerpt = nil
	s := &shrinker{ctx: ctx, Options: o, test: test, runs: 1}
	record, res, err := s.watch(ctx, test)
	c, ok := complaintOf(res, err)
	switch {
	case ok:
	case err != nil:
		return nil, fmt.Errorf("shrink: cannot shrink what is no node's fault: %w", err)
	default:
		return nil, fmt.Errorf("shrink: seed %d does not fail, so there is nothing to shrink", test.Seed)
	}
	s.complaint = c
	s.best = s.whole(record)
	from := s.best
	for size := s.best.size(); ; size = s.best.size() {
		s.fewerChoices()
		s.fewerNodes()
		s.lessTime()
		s.fewerFaults()
		s.fewerOps()
		s.shorterFaults()
		s.throwAgain()
		if s.over() || slices.Compare(s.best.size(), size) >= 0 {
			break
		}
	}
	small := s.best.of(test)
	record, res, err = s.watch(context.WithoutCancel(ctx), small)
	return &Shrunk{Test: small, Result: res, Err: err, Runs: s.runs + 1, from: from, record: record}, nil
}

// A plan holds the parameters of a run that Shrink varies.
type plan struct {
	nodes   int // 0 means n1 … n5, as in harness.Test
	workers int
	limit   time.Duration
	choices choice.Overrides // that differ from those of the seed
	ops     []int
	faults  []harness.FaultWindow
	salt    uint64 // see harness.Excerpt
}

// of returns test reduced to the plan.
func (p plan) of(test harness.Test) harness.Test {
	test.NodeCount, test.Concurrency, test.TimeLimit, test.Choices = p.nodes, p.workers, p.limit, p.choices
	test.Excerpt = &harness.Excerpt{Ops: p.ops, Faults: p.faults, Salt: p.salt}
	test.Nemesis = nil
	for _, w := range p.faults {
		if !slices.Contains(test.Nemesis, w.Name) {
			test.Nemesis = append(test.Nemesis, w.Name)
		}
	}
	return test
}

// size returns the quantities that Shrink minimizes, the most important first.
func (p plan) size() []int {
	inForce := time.Duration(0)
	for _, w := range p.faults {
		inForce += w.End - w.Begin
	}
	return []int{len(p.choices), len(p.faults), len(p.ops), cmp.Or(p.nodes, 5), int(p.limit), int(inForce)}
}

// A shrinker is a search. Each pass starts from the best plan so far and replaces it by smaller plans that fail in the same way.
type shrinker struct {
	ctx context.Context
	Options
	test      harness.Test
	complaint complaint
	runs      int
	best      plan
}

// whole returns the plan of the whole run that is recorded in record.
func (s *shrinker) whole(record transcript) plan {
	p := plan{nodes: s.test.NodeCount, workers: s.test.Concurrency, limit: s.test.TimeLimit, choices: s.test.Choices, faults: record.windows()}
	p.limit = cmp.Or(p.limit, harness.DefaultTimeLimit)
	for i := range record.invoked() {
		p.ops = append(p.ops, i)
	}
	return p
}

// over reports whether there are to be no more runs.
func (s *shrinker) over() bool { return s.runs >= s.MaxRuns || s.ctx.Err() != nil }

// try runs p, and makes it the best plan if it fails in the same way. When the search is over it does nothing.
func (s *shrinker) try(p plan) bool {
	if s.over() || len(p.ops) == 0 && !s.complaint.broken() {
		return false // a run without operations cannot be judged
	}
	s.runs++
	record, res, err := s.watch(s.ctx, p.of(s.test))
	repeated := s.complaint.repeated(res, err)
	if repeated {
		p.ops = p.ops[:min(len(p.ops), record.invoked())] // there was no time for the others
		s.best = p
	}
	if s.Progress != nil {
		s.Progress(s.runs, s.best.of(s.test))
	}
	return repeated
}

// fewerNodes tries smaller clusters. In a smaller cluster the whole run changes, since faults hit other nodes, so fewerNodes
// tries each size several times, with different faults.
func (s *shrinker) fewerNodes() {
	const goes = 5
	for _, n := range []int{1, 2, 3, 4, 5, 8, 12} {
		if n >= cmp.Or(s.best.nodes, 5) {
			return
		}
		for shift := range goes {
			p := s.best
			p.nodes = n
			p.workers = min(p.workers, n) // 0 stays 0: the default of the workload
			p.faults = slices.Clone(p.faults)
			for i := range p.faults {
				p.faults[i].Start += shift
			}
			if s.try(p) {
				return
			}
		}
	}
}

// throwAgain tries each single operation under each single fault with other random numbers for the network. A shorter run sends
// fewer messages and so draws fewer random numbers. A message that was lost in the long run is therefore often not lost in the
// short one.
func (s *shrinker) throwAgain() {
	const throws = 30
	if len(s.best.ops) <= 1 && len(s.best.faults) <= 1 {
		return
	}
	from := s.best
	for _, w := range from.faults {
		for _, op := range from.ops {
			for salt := range uint64(throws) {
				p := from
				p.ops, p.faults, p.salt = []int{op}, []harness.FaultWindow{w}, salt+1
				if s.try(p) {
					return
				}
			}
		}
	}
}

// precision is the precision of the times that the search finds.
const precision = 10 * time.Millisecond

// lessTime looks for the shortest beginning of the run that fails.
func (s *shrinker) lessTime() {
	bisect(precision, s.best.limit, func(limit time.Duration) bool {
		p := s.best
		p.limit, p.faults = limit, nil
		for _, w := range s.best.faults {
			if w.Begin < limit {
				w.End = min(w.End, limit)
				p.faults = append(p.faults, w)
			}
		}
		return s.try(p)
	})
}

func (s *shrinker) fewerChoices() {
	ddmin(s.best.choices, func(some []choice.Override) bool {
		p := s.best
		p.choices = some
		return s.try(p)
	})
}

func (s *shrinker) fewerFaults() {
	ddmin(s.best.faults, func(some []harness.FaultWindow) bool {
		p := s.best
		p.faults = some
		return s.try(p)
	})
}

func (s *shrinker) fewerOps() {
	ddmin(s.best.ops, func(some []int) bool {
		p := s.best
		p.ops = some
		return s.try(p)
	})
}

// shorterFaults shortens each fault: it looks for the earliest end, and then for the latest beginning.
func (s *shrinker) shorterFaults() {
	for i := range s.best.faults {
		try := func(change func(w *harness.FaultWindow)) bool {
			p := s.best
			p.faults = slices.Clone(p.faults)
			change(&p.faults[i])
			return s.try(p)
		}
		try(func(w *harness.FaultWindow) { w.Begin = w.Begin.Truncate(precision) }) // easier to read
		w := s.best.faults[i]
		length := bisect(0, w.End-w.Begin, func(length time.Duration) bool {
			return try(func(w *harness.FaultWindow) { w.End = w.Begin + length })
		})
		bisect(0, length, func(length time.Duration) bool {
			return try(func(w *harness.FaultWindow) { w.Begin = w.End - length })
		})
	}
}

// bisect looks for the shortest duration between low and high that fails; high is known to fail. If not all longer durations
// fail, the result fails but may not be the shortest.
func bisect(low, high time.Duration, fails func(time.Duration) bool) time.Duration {
	for high-low > precision {
		middle := (low + (high-low)/2).Round(precision)
		if fails(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// ddmin reduces a failing list to a part that still fails, but no longer fails if any single element is left out. It is delta
// debugging (Zeller and Hildebrandt 2002) without the step that tries each part alone: ddmin only leaves parts out.
func ddmin[T any](list []T, fails func(part []T) bool) []T {
	if len(list) == 0 || fails(nil) {
		return nil
	}
	for parts := 2; len(list) > 1; {
		size := (len(list) + parts - 1) / parts
		reduced := false
		for i := 0; i < len(list); i += size {
			rest := slices.Concat(list[:i], list[min(i+size, len(list)):])
			if len(rest) > 0 && fails(rest) {
				list, reduced = rest, true
				break
			}
		}
		switch {
		case reduced:
			parts = max(2, parts-1)
		case size == 1:
			return list
		default:
			parts = min(2*parts, len(list))
		}
	}
	return list
}
