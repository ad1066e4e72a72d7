package sim

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"glomers/harness"
	"glomers/internal/shrink"
)

// maxRuns limits the number of runs that Shrink makes.
const maxRuns = 2000

// A Shrunk is a small run that fails in the same way as a large one. Its String method describes the run.
type Shrunk struct {
	Test   harness.Test // the small run: Run repeats it
	Result harness.Result
	Err    error // the error of Run, if it returned one

	Runs int // the number of runs that the search made

	chosen bool // the large run had Choices
	story  string
}

// Ops returns the number of operations in the small run, without those of the final phase.
func (s *Shrunk) Ops() int { return len(s.Test.Excerpt.Ops) }

// Faults returns the number of times that the small run starts a fault.
func (s *Shrunk) Faults() int { return len(s.Test.Excerpt.Faults) }

// Shrink looks for a smaller run that fails in the same way as the run of test: with fewer decisions that differ from
// those of the seed, fewer operations, fewer and shorter faults, fewer nodes, or less time. It takes the check with the worst verdict in the run of test. A smaller run fails in the
// same way if the verdict of this check is at least as bad, with an anomaly of the same kind if the check names kinds. If a
// node broke the protocol, a smaller run fails in the same way if a node breaks the protocol in the same way.
//
// Shrink makes up to 2,000 runs, each in virtual time. It returns an error if the run of test does not fail, or fails for a
// reason outside the run.
func Shrink(t *testing.T, test harness.Test) (*Shrunk, error) {
	t.Helper()
	if test.Strategy != nil {
		return nil, errStrategy
	}
	small, err := shrink.Shrink(context.Background(), test, shrink.Options{
		Run:     func(_ context.Context, test harness.Test) (harness.Result, error) { return Run(t, test) },
		MaxRuns: maxRuns,
	})
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return &Shrunk{Test: small.Test, Result: small.Result, Err: small.Err, Runs: small.Runs, chosen: len(test.Choices) > 0, story: small.Story()}, nil
}

// String describes the small run: its operations, its faults, the most important messages, the verdict, and the code that
// repeats it.
func (s *Shrunk) String() string { return s.story + "\nagain, from the same Test:\n\n" + s.code() }

// code returns Go statements that make the small run from the Test of the large one.
func (s *Shrunk) code() string {
	t := s.Test
	var b strings.Builder
	fmt.Fprintf(&b, "\ttest.Seed, test.NodeCount, test.Concurrency = %d, %d, %d\n", t.Seed, t.NodeCount, t.Concurrency)
	if s.chosen {
		fmt.Fprintf(&b, "\ttest.Choices = %#v\n", t.Choices)
	}
	fmt.Fprintf(&b, "\ttest.TimeLimit, test.Nemesis = %s, %#v\n", duration(t.TimeLimit), t.Nemesis)
	fmt.Fprintf(&b, "\ttest.Excerpt = &harness.Excerpt{\n\t\tOps: %#v,\n", t.Excerpt.Ops)
	if t.Excerpt.Salt != 0 {
		fmt.Fprintf(&b, "\t\tSalt: %d,\n", t.Excerpt.Salt)
	}
	if len(t.Excerpt.Faults) > 0 {
		b.WriteString("\t\tFaults: []harness.FaultWindow{\n")
		for _, w := range t.Excerpt.Faults {
			fmt.Fprintf(&b, "\t\t\t{Name: %q, Start: %d, Begin: %s, End: %s},\n", w.Name, w.Start, duration(w.Begin), duration(w.End))
		}
		b.WriteString("\t\t},\n")
	}
	b.WriteString("\t}\n\tsim.Check(t, test)\n")
	return b.String()
}

// duration returns a time as a Go expression.
func duration(d time.Duration) string {
	if d%time.Millisecond == 0 {
		return fmt.Sprintf("%d * time.Millisecond", d.Milliseconds())
	}
	return fmt.Sprintf("%d * time.Nanosecond", d.Nanoseconds())
}
