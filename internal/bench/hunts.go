package bench

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/harness/explore"
	"glomers/internal/cputime"
	"glomers/internal/program"
	"glomers/internal/results"
	"glomers/internal/scopes"
)

// A hunt is the search of a strategy for the mistake of a mutant. It becomes a point of the results.
type hunt struct {
	trap     scopes.Trap
	strategy strategy
	test     string // of package scopes, in which it is caught
}

// A strategy of package explore, with its name in the results.
type strategy struct {
	name  string
	make  func(seed uint64) explore.Strategy
	drawn bool // other seeds give other executions
}

func strategies() []strategy {
	systematic := func(name string, make func() explore.Strategy) strategy {
		return strategy{name, func(uint64) explore.Strategy { return make() }, false}
	}
	return []strategy{
		{drawnAtRandom, explore.Random, true},
		{"swarm", explore.Swarm, true},
		{"PCT, depth 2", func(seed uint64) explore.Strategy { return explore.PCT(seed, 2) }, true},
		{"PCT, depth 3", func(seed uint64) explore.Strategy { return explore.PCT(seed, 3) }, true},
		{"POS", explore.POS, true},
		systematic("1 delay", func() explore.Strategy { return explore.Delays(1) }),
		systematic("2 delays", func() explore.Strategy { return explore.Delays(2) }),
		systematic("every schedule", explore.Exhaustive),
	}
}

const (
	explorationSet = "exploration"
	raftBugsSet    = "raft-bugs"
	drawnAtRandom  = "random" // the strategy that others are compared with

	seedsOfRun = 4       // a hunt takes a fraction of a second, so that a run of a bench has several seeds of each
	mostDrawn  = 1000    // executions of a hunt whose executions are drawn
	mostStates = 100_000 // of one that is systematic
)

// hunts returns the hunts of all strategies for all mutants that can be found.
func hunts() []hunt { return huntsFor(scopes.Traps(), "TestMutantsAreCaught") }

// raftHunts returns those for the bugs of the Raft core.
func raftHunts() []hunt {
	var traps []scopes.Trap
	for _, t := range scopes.RaftTraps() {
		traps = append(traps, t.Trap)
	}
	return huntsFor(traps, "TestRaftBugsAreCaught")
}

func huntsFor(traps []scopes.Trap, test string) []hunt {
	var all []hunt
	for _, t := range traps {
		for _, s := range strategies() {
			all = append(all, hunt{t, s, test})
		}
	}
	return all
}

func (h hunt) point() results.Point {
	return results.Point{
		Series: h.trap.Mutant.Name, Params: map[string]string{"strategy": h.strategy.name},
		Command: fmt.Sprintf("go test ./internal/scopes -run '^%s$/^%s$' -v", h.test, h.trap.Mutant.Name),
	}
}

// measureHunts carries the hunts out one after the other, since an exploration uses one processor, whose time is to be measured.
func (b *Bench) measureHunts(ctx context.Context, set Set) ([]results.Point, error) {
	all := set.hunts()
	add, done := b.Tally(set.Name, len(all))
	defer done()
	var points []results.Point
	for _, h := range all {
		p := h.point()
		for seed := range uint64(b.Runs * seedsOfRun) {
			if seed > 0 && !h.strategy.drawn {
				break
			}
			r := h.once(ctx, seed+1, b.Quick)
			if ctx.Err() != nil {
				return nil, program.ErrInterrupted
			}
			p.Runs = append(p.Runs, r)
		}
		points = append(points, p)
		f := findingOf(p)
		level, text := slog.LevelInfo, fmt.Sprintf("%s: found %d times of %d", p, f.found, f.runs)
		for _, r := range p.Runs {
			if r.Verdict != results.Valid {
				level, text = slog.LevelError, fmt.Sprintf("%s, seed %d: %s: %s", p, r.Seed, r.Verdict, strings.Join(r.Reasons, "; "))
			}
		}
		add(level, text, slog.String("executions", f.cell(executions)))
	}
	return points, nil
}

// The metrics of hunts. Those of a failure are there if the mutant was found.
const (
	foundIt    = "found"      // 1 if an execution failed
	executions = "executions" // up to the one that failed
	pruned     = "pruned"     // executions that were left early
	states     = "states"     // different ones that were met; of systematic strategies
	huntMS     = "ms"         // until the execution failed
	raw        = "raw"        // decisions other than 0 with which the failure was found
	decisions  = "decisions"  // the same, after shrinking
	actions    = "actions"    // of the shrunk execution
)

// once carries out one hunt.
func (h hunt) once(ctx context.Context, seed uint64, quick bool) results.Run {
	s := h.trap.Scope
	s.Strategy = h.strategy.make(seed)
	if h.strategy.drawn {
		s.Most = mostDrawn
	} else {
		s.Memory = mostStates
	}
	if quick {
		s.Most, s.Memory = mostDrawn/10, mostStates/10
	}
	begun, worked := time.Now(), cputime.Process()
	r, err := explore.Run(ctx, s)
	elapsed, worked := time.Since(begun), cputime.Process()-worked

	run := results.Run{Seed: seed, Verdict: results.Valid, Distorted: waited(elapsed, worked)}
	if !h.strategy.drawn {
		run.Seed = 0
	}
	if err != nil {
		run.Verdict, run.Reasons = "broken", []string{err.Error()}
		return run
	}
	run.Values = map[string]float64{foundIt: 0, executions: float64(r.Executions), huntMS: rounded(ms(r.Elapsed), 3)}
	if !h.strategy.drawn {
		run.Values[pruned], run.Values[states] = float64(r.Pruned), float64(r.States)
	}
	f := r.Failure
	if f == nil {
		return run
	}
	if !strings.Contains(strings.Join(f.Reasons, "\n"), h.trap.Reason) {
		run.Verdict, run.Reasons = "found for another reason", f.Reasons
		return run
	}
	run.Values[foundIt], run.Values[huntMS] = 1, rounded(ms(f.After), 3)
	run.Values[raw], run.Values[decisions], run.Values[actions] = float64(f.Shrunk), float64(others(f.Decisions)), float64(len(f.Steps))
	return run
}

// others counts the decisions other than the ordinary one.
func others(d choice.List) int {
	n := 0
	for _, k := range d {
		if k != 0 {
			n++
		}
	}
	return n
}

// waited tells the distortion of an exploration that was kept waiting for a processor. A few milliseconds of it are nothing.
func waited(elapsed, worked time.Duration) []string {
	const few = 5 * time.Millisecond
	if worked == 0 || elapsed < worked+worked/4+few {
		return nil
	}
	return []string{fmt.Sprintf("it had a processor for %.0f %% of its time", 100*worked.Seconds()/elapsed.Seconds())}
}

// A finding sums up the runs of a hunt.
type finding struct {
	results.Point
	found, runs int
}

func findingOf(p results.Point) finding {
	f := finding{Point: p, runs: len(p.Runs)}
	for _, r := range p.Runs {
		if r.Values[foundIt] == 1 {
			f.found++
		}
	}
	return f
}

// median returns the median of a metric. A run that found nothing counts as infinitely many executions and as infinitely long.
func (f finding) median(metric string) float64 {
	var all []float64
	for _, r := range f.Runs {
		v := math.Inf(1)
		if r.Values[foundIt] == 1 {
			v = r.Values[metric]
		}
		all = append(all, v)
	}
	return medianOf(all)
}

// medianOf returns the median; infinity if there are no values.
func medianOf(all []float64) float64 {
	if len(all) == 0 {
		return math.Inf(1)
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// cell writes the median of a metric, and how often the mutant was found if not always.
func (f finding) cell(metric string) string {
	text := digits(f.median(metric))
	if f.found < f.runs && f.found > 0 {
		text += fmt.Sprintf(" (%d of %d)", f.found, f.runs)
	}
	return text
}
