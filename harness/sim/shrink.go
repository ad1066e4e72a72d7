package sim

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"glomers/harness"
)

// maxRuns is how many runs Shrink makes at most.
const maxRuns = 2000

// A Shrunk is a small run that fails in the same way as a large one. Its String tells the story.
type Shrunk struct {
	Test   harness.Test // the small run: Run carries it out again
	Result harness.Result
	Err    error // of Run, if that is how it fails

	Runs int // that the search took

	from   plan
	record transcript
}

// Ops returns how many operations the small run has, without those of the final phase.
func (s *Shrunk) Ops() int { return len(s.Test.Excerpt.Ops) }

// Faults returns how many times the small run starts a fault.
func (s *Shrunk) Faults() int { return len(s.Test.Excerpt.Faults) }

// Shrink looks for a run that is smaller than that of test and fails as well: with fewer operations, fewer and shorter
// faults, fewer nodes, in less time. A run fails as well if the check that was worst in the run of test finds no better
// verdict in it, with an anomaly of the same kind if it names kinds, or, if a node broke the protocol, if one does so in the same way.
//
// It tries up to 2,000 runs, each in virtual time. The error is that the run of test does not fail, or fails for
// a reason that has nothing to do with what happens in it.
func Shrink(t *testing.T, test harness.Test) (*Shrunk, error) {
	t.Helper()
	test.Excerpt = nil
	record, res, err := watch(t, test)
	c, ok := complaintOf(res, err)
	switch {
	case ok:
	case err != nil:
		return nil, fmt.Errorf("sim: cannot shrink what is no node's fault: %w", err)
	default:
		return nil, fmt.Errorf("sim: seed %d does not fail, so there is nothing to shrink", test.Seed)
	}
	s := &shrinker{t: t, test: test, complaint: c, runs: 1}
	s.best = s.whole(record)
	from := s.best
	for size := s.best.size(); ; size = s.best.size() {
		s.fewerNodes()
		s.lessTime()
		s.fewerFaults()
		s.fewerOps()
		s.shorterFaults()
		s.throwAgain()
		if s.runs >= maxRuns || slices.Compare(s.best.size(), size) >= 0 {
			break
		}
	}
	small := s.best.of(test)
	record, res, err = watch(t, small)
	return &Shrunk{Test: small, Result: res, Err: err, Runs: s.runs + 1, from: from, record: record}, nil
}

// A plan is what Shrink varies.
type plan struct {
	nodes   int // 0 means n1 … n5, as in harness.Test
	workers int
	limit   time.Duration
	ops     []int
	faults  []harness.FaultWindow
	salt    uint64 // see harness.Excerpt
}

// of returns test cut down to the plan.
func (p plan) of(test harness.Test) harness.Test {
	test.NodeCount, test.Concurrency, test.TimeLimit = p.nodes, p.workers, p.limit
	test.Excerpt = &harness.Excerpt{Ops: p.ops, Faults: p.faults, Salt: p.salt}
	test.Nemesis = nil
	for _, w := range p.faults {
		if !slices.Contains(test.Nemesis, w.Name) {
			test.Nemesis = append(test.Nemesis, w.Name)
		}
	}
	return test
}

// size returns what is to become small, the most important first.
func (p plan) size() []int {
	inForce := time.Duration(0)
	for _, w := range p.faults {
		inForce += w.End - w.Begin
	}
	return []int{len(p.faults), len(p.ops), cmp.Or(p.nodes, 5), int(p.limit), int(inForce)}
}

// A shrinker is a search. Its passes take the plan that is the best so far and put smaller ones that fail
// in its place.
type shrinker struct {
	t         *testing.T
	test      harness.Test
	complaint complaint
	runs      int
	best      plan
}

// whole returns the plan of the run that record is of.
func (s *shrinker) whole(record transcript) plan {
	p := plan{nodes: s.test.NodeCount, workers: s.test.Concurrency, limit: s.test.TimeLimit, faults: record.windows()}
	p.limit = cmp.Or(p.limit, harness.DefaultTimeLimit)
	for i := range record.invoked() {
		p.ops = append(p.ops, i)
	}
	return p
}

// try makes p the best plan if it fails as well. It gives up when there have been too many runs.
func (s *shrinker) try(p plan) bool {
	if s.runs >= maxRuns || len(p.ops) == 0 && !s.complaint.broken() {
		return false // nothing can be said of a run without operations
	}
	s.runs++
	record, res, err := watch(s.t, p.of(s.test))
	if !s.complaint.repeated(res, err) {
		return false
	}
	p.ops = p.ops[:min(len(p.ops), record.invoked())] // time did not suffice for the others
	s.best = p
	return true
}

// fewerNodes tries small clusters, in which everything comes differently: other nodes are hit by
// other faults. So it takes several goes at each size.
func (s *shrinker) fewerNodes() {
	const goes = 5
	for _, n := range []int{1, 2, 3, 4, 5, 8, 12} {
		if n >= cmp.Or(s.best.nodes, 5) {
			return
		}
		for shift := range goes {
			p := s.best
			p.nodes = n
			p.workers = min(p.workers, n) // 0 stays: one for each node
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

// throwAgain tries single operations under single faults with other throws of the dice. What is left out of a run takes its share
// of the random numbers with it, so the message that got lost in a long run mostly gets through in a short one.
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

// precision is how exactly times are found out.
const precision = 10 * time.Millisecond

// lessTime looks for the shortest beginning that fails.
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

// shorterFaults moves the end of each fault forward and the beginning back.
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

// bisect looks for the shortest duration that fails, between low and high, of which high is known to fail. It is
// one if all that are longer fail as well, and otherwise just one that fails.
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

// ddmin returns a part of list that fails, given that list does, and of which no single element can be left out: delta
// debugging (Zeller and Hildebrandt 2002), without its step of trying parts instead of leaving them out.
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
