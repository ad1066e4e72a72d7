package sweep

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/why"
	"glomers/internal/challenge"
	"glomers/internal/compare"
)

func outcome(seed uint64) Seed { return Seed{Outcome: challenge.Outcome{Seed: seed, OKFraction: 1}} }

func failing(seed uint64, verdict check.Verdict, reason string, causes ...why.Cause) Seed {
	o := outcome(seed)
	o.Valid, o.Reasons, o.Why = verdict, []string{reason}, causes
	return o
}

func report(t *testing.T, last uint64, keep func(uint64) string, outcomes ...Seed) *Report {
	t.Helper()
	r := newReport(&Sweep{Test: harness.Test{Workload: "broadcast"}, First: 1, Last: last})
	for _, o := range outcomes {
		r.add(o, keep)
	}
	r.finish()
	return r
}

// Seeds that failed of the same are told together: by their explanation, or else by the reason.
func TestCauses(t *testing.T) {
	lost := func(value int) why.Cause {
		nodes := []string{"", "n3", "n1 and n3"}[value]
		return why.Cause{Kind: "lost", Pattern: "never repeated", Headline: fmt.Sprintf("value %d is missing from %s", value, nodes)}
	}
	missed, broken := outcome(6), outcome(7)
	missed.Missed = []string{"msgs/op is 31, the target is below 30"}
	broken.Broken = "harness: node n1 ended during the run\nthe last that it wrote:\n\tboom"
	var kept []uint64
	r := report(t, 10, func(seed uint64) string {
		kept = append(kept, seed)
		return fmt.Sprint("dir", seed)
	},
		outcome(1), failing(2, check.Invalid, "value 1 is missing", lost(1)), failing(3, check.Unknown, "there never was any"),
		failing(4, check.Invalid, "value 2 is missing", lost(2)), failing(5, check.Invalid, "value 3 is missing"), missed, broken)

	require.Equal(t, Progress{Seeds: 10, Done: 7, Failed: 6}, r.progress())
	require.Equal(t, map[string]int{"valid": 1, "invalid": 3, "unknown": 1, "target missed": 1, "broken": 1}, r.Verdicts)
	var told []string
	for _, c := range r.Causes {
		told = append(told, fmt.Sprint(c.Kind, ": ", c.Headline, " ", c.Seeds, " ", c.Dirs))
	}
	require.Equal(t, []string{
		"lost: value 1 is missing from n3 [2 4] [dir2 dir4]",
		"unknown: there never was any [3] [dir3]",
		"invalid: value 3 is missing [5] [dir5]",
		"target missed: msgs/op is 31, the target is below 30 [6] [dir6]",
		"broken: harness: node n1 ended during the run [7] [dir7]",
	}, told)
	require.Equal(t, []uint64{2, 3, 4, 5, 6, 7}, kept)
	require.EqualValues(t, 2, r.Causes[0].First.Seed)
}

// However much fails, few files are kept: some of each cause.
func TestFewAreKept(t *testing.T) {
	var outcomes []Seed
	for seed := range uint64(200) {
		outcomes = append(outcomes, failing(seed+1, check.Invalid, "cause "+string(rune('a'+seed%10))))
	}
	kept := 0
	r := report(t, 200, func(uint64) string { kept++; return "dir" }, outcomes...)
	require.Equal(t, maxKept, kept)
	require.Len(t, r.Causes, 10)
	for _, c := range r.Causes {
		require.Len(t, c.Seeds, 20)
		require.NotEmpty(t, c.Dirs)
		require.LessOrEqual(t, len(c.Dirs), maxKeptOfCause)
	}
}

func TestFiguresAndWarnings(t *testing.T) {
	var outcomes []Seed
	for seed := range uint64(100) {
		o := outcome(seed + 1)
		o.MsgsPerOp = float64(100 - seed)
		o.Stale = &compare.Staleness{Median: compare.NoMedian, Max: time.Duration(seed) * time.Second}
		o.Warnings = []string{fmt.Sprintf("n%d is slow", seed)}
		o.Differs = seed == 41
		outcomes = append(outcomes, o)
	}
	broken := outcome(101)
	broken.Broken, broken.MsgsPerOp = "boom", 1e9
	r := report(t, 101, func(uint64) string { return "" }, append(outcomes, broken)...)
	for i := range r.Figures {
		r.Figures[i].values = nil
	}
	require.Equal(t, []Figure{
		{Name: "msgs/op", Count: 100, Min: 1, Median: 51, P95: 96, Max: 100},
		{Name: "availability", Count: 100, Min: 1, Median: 1, P95: 1, Max: 1},
		{Name: "greatest latency", Unit: "ms", Count: 100, Median: 50_000, P95: 95_000, Max: 99_000},
	}, r.Figures)
	require.Equal(t, []string{"n0 is slow"}, r.Warnings)
	require.Equal(t, []uint64{42}, r.Differing)
}

// Outcomes are told in the order of their seeds, whichever run ends first, and also if some never end.
func TestInOrder(t *testing.T) {
	s := Sweep{First: 5, Last: 104}
	outcomes := make(chan Seed)
	go func() {
		defer close(outcomes)
		for _, i := range rand.New(rand.NewPCG(1, 1)).Perm(100) {
			o := outcome(5 + uint64(i))
			if i == 50 || i == 70 {
				o.err = context.Canceled
			}
			outcomes <- o
		}
	}()
	var told []uint64
	ends := 0
	s.inOrder(outcomes, func(o Seed) {
		if errors.Is(o.err, context.Canceled) {
			ends++
			return
		}
		told = append(told, o.Seed)
	})
	require.Equal(t, 2, ends)
	require.Len(t, told, 98)
	require.IsIncreasing(t, told)
}
