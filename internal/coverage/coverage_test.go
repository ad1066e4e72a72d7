package coverage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/internal/coverage"
)

func run(held int, size float64) harness.Properties {
	return harness.Properties{
		{Kind: "always", Name: "a", Held: held},
		{Kind: "sometimes", Name: "s", Held: held / 2, Failed: 1},
		{Kind: "sometimes", Name: "t", Failed: held},
		{Kind: "unreachable", Name: "u"},
		{Kind: "extremes", Name: "e", Smallest: &harness.Extreme{Value: -size}, Largest: &harness.Extreme{Value: size}},
	}
}

// What is new: a property that happens for the first time, and a failure that looks unlike those before. Extremes are not.
func TestNews(t *testing.T) {
	var c coverage.Coverage
	require.Empty(t, c.String())
	for i, step := range []struct {
		run     harness.Properties
		failure string
		news    bool
		quiet   int
	}{
		{nil, "", false, 1},
		{run(0, 5), "", true, 0}, // there is an extreme
		{run(0, 9), "", false, 1},
		{run(1, 1), "", true, 0}, // a was checked
		{run(1, 1), "value 7 is lost", true, 0},
		{run(1, 1), "value 8 is lost", false, 1},
		{run(3, 1), "", true, 0}, // s held
		{run(3, 1), "value 8 is stale", true, 0},
		{run(3, 12), "", false, 1},
		{nil, "", false, 2},
	} {
		require.Equal(t, step.news, c.Add(uint64(i+1), step.run, step.failure), i)
		require.Equal(t, step.quiet, c.Quiet(), i)
	}
	require.Equal(t, []coverage.Property{
		{Kind: "always", Name: "a", Seeds: 6, First: 4},
		{Kind: "sometimes", Name: "s", Seeds: 3, First: 7},
		{Kind: "sometimes", Name: "t"},
		{Kind: "unreachable", Name: "u", Seeds: 8, First: 2},
		{Kind: "extremes", Name: "e", Seeds: 8, First: 2, Smallest: &coverage.Extreme{Value: -12, Seed: 9}, Largest: &coverage.Extreme{Value: 12, Seed: 9}},
	}, c.Properties)
	require.Equal(t, `4 of 5 properties seen in 10 runs; never true: sometimes "t"`, c.String())

	var other coverage.Coverage
	other.Add(1, harness.Properties{{Kind: "sometimes", Name: "t", Held: 1}, {Kind: "reachable", Name: "r"}}, "")
	other.Merge(c)
	require.Equal(t, []string{`never reached: reachable "r"`}, other.Never())
	require.Equal(t, 11, other.Runs)
}
