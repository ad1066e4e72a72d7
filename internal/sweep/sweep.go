// Package sweep runs one test with many seeds, several at a time. The nodes are processes, in virtual time, so a seed that fails can be
// repeated.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"

	"glomers/harness"
	"glomers/harness/record"
	"glomers/internal/challenge"
	"glomers/internal/tempdir"
)

// A Sweep is one test and its seeds.
type Sweep struct {
	Test        harness.Test // its Store gets the runs that are kept; Seed is ignored
	Challenge   challenge.Challenge
	First, Last uint64 // the seeds, both included
	Jobs        int    // runs at a time, at least 1
	KeepAll     bool   // keep the files of all runs, not only of those that show why a seed failed
	Judged      bool   // missing a target of the challenge is a failure
	UntilQuiet  int    // ends the sweep when so many seeds in a row have brought nothing new; 0 does not

	// Show, if not nil, is called after each seed, in the order of the seeds. failed is nil if the seed did not fail.
	Show func(p Progress, failed *Seed)
}

// A Progress counts seeds.
type Progress struct{ Seeds, Done, Failed int }

// Bounds on the runs whose files are kept, unless all are.
const (
	maxKept        = 20
	maxKeptOfCause = 3
)

// A Seed is the outcome of the run with a seed.
type Seed struct {
	challenge.Outcome
	// Differs is set if the run was repeated, and went otherwise: something besides the seed decides.
	Differs bool

	hash string
	err  error // ends the sweep
}

// Run runs the seeds. It returns what is known so far also if an error ends it early: that of ctx, that of a run that failed for a reason
// outside of its nodes, or that of a program that does not keep to what virtual time asks for, as no seed would change that.
func (s *Sweep) Run(ctx context.Context) (*Report, error) {
	s.Test.Virtual = true
	scratch, err := tempdir.New()
	if err != nil {
		return nil, fmt.Errorf("sweep: no directory for temporary files: %w", err)
	}
	defer scratch.Remove() // nothing in it is needed any more
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	report := newReport(s)
	var broken error
	s.inOrder(s.outcomes(ctx, scratch.Path), func(o Seed) {
		switch {
		case report.Quiet > 0: // it would have ended before, had the seeds been run one by one
		case o.err != nil:
			if broken == nil && !errors.Is(o.err, context.Canceled) {
				broken = o.err
			}
			stop()
		default:
			report.add(o, func(seed uint64) string {
				kept := s.keep(ctx, seed)
				if kept.err != nil && broken == nil {
					broken = kept.err
					stop()
				}
				return kept.Dir
			})
			if s.Show != nil {
				var failed *Seed
				if !o.Passed() {
					failed = &o
				}
				s.Show(report.progress(), failed)
			}
			if s.UntilQuiet > 0 && report.coverage.Quiet() >= s.UntilQuiet {
				report.Quiet = s.UntilQuiet
				stop()
			}
		}
	})
	if broken == nil && report.Quiet == 0 {
		broken = ctx.Err()
	}
	report.finish()
	return report, errors.Join(broken, report.pointLatest(s.Test.Store))
}

// outcomes runs the seeds, each in one of several goroutines, until ctx ends. The channel is closed when all are done.
func (s *Sweep) outcomes(ctx context.Context, scratch string) <-chan Seed {
	seeds, done := make(chan uint64), make(chan Seed)
	go func() {
		defer close(seeds)
		for seed := s.First; ; seed++ {
			select {
			case seeds <- seed:
			case <-ctx.Done():
				return
			}
			if seed == s.Last {
				return
			}
		}
	}()
	var workers sync.WaitGroup
	for range s.Jobs {
		workers.Go(func() {
			for seed := range seeds {
				done <- s.one(ctx, seed, scratch)
			}
		})
	}
	go func() {
		workers.Wait()
		close(done)
	}()
	return done
}

// inOrder calls f with the outcomes in the order of their seeds. If some are missing in the end, it goes on behind them.
func (s *Sweep) inOrder(outcomes <-chan Seed, f func(Seed)) {
	early := make(map[uint64]Seed)
	next := s.First
	for o := range outcomes {
		if o.err != nil {
			f(o) // there is nothing to wait for
			continue
		}
		early[o.Seed] = o
		for {
			o, ok := early[next]
			if !ok {
				break
			}
			delete(early, next)
			f(o)
			next++
		}
	}
	for ; len(early) > 0; next++ {
		if o, ok := early[next]; ok {
			delete(early, next)
			f(o)
		}
	}
}

// one runs a seed. If it fails, and also if it is the first one, it is run again, which shows whether the seed alone decides. The second
// run has files, from which the failure is explained.
func (s *Sweep) one(ctx context.Context, seed uint64, scratch string) Seed {
	if s.KeepAll {
		return s.run(ctx, seed, s.Test.Store)
	}
	o := s.run(ctx, seed, "")
	if o.err != nil || o.Passed() && seed != s.First {
		return o
	}
	store := filepath.Join(scratch, strconv.FormatUint(seed, 10))
	defer tempdir.RemoveAll(store) // the scratch directory is removed in the end, too
	again := s.run(ctx, seed, store)
	if again.err != nil {
		return again
	}
	if o.Differs = again.hash != o.hash; !o.Differs {
		o.Why = again.Why
	}
	return o
}

// run runs a seed once.
func (s *Sweep) run(ctx context.Context, seed uint64, store string) Seed {
	t := s.Test
	t.Seed, t.Store = seed, store
	res, err := harness.Run(ctx, t)
	o := Seed{Outcome: challenge.OutcomeOf(s.Challenge, res, err), hash: res.Hash}
	o.Seed = seed
	node, isNode := errors.AsType[*harness.NodeError](err)
	switch {
	case ctx.Err() != nil:
		o.err = ctx.Err()
	case err != nil && (!isNode || node.Untimed):
		o.err = fmt.Errorf("seed %d: %w", seed, err)
	case err == nil && s.Judged:
		o.Missed = s.Challenge.Targets.Missed(o.MsgsPerOp, o.Stale)
	}
	return o
}

// keep repeats the run of a seed in the store. The run is finished also if ctx ends meanwhile, so that there is never half of one.
func (s *Sweep) keep(ctx context.Context, seed uint64) Seed {
	if s.Test.Store == "" || ctx.Err() != nil {
		return Seed{}
	}
	return s.run(context.WithoutCancel(ctx), seed, s.Test.Store)
}

// pointLatest makes the first failing seed that was kept the latest run of the store.
func (r *Report) pointLatest(store string) error {
	for _, c := range r.Causes {
		if c.First.Dir != "" {
			return record.MakeLatest(store, c.First.Dir)
		}
	}
	return nil
}
