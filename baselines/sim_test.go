package baselines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
)

// survived are the faults that a baseline promises to survive.
func survived(b baselines.Baseline) []string {
	faults := []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"}
	if b.Promise.Durable {
		faults = append(faults, "kill")
	}
	return faults
}

// scenario is a test of a baseline without faults, of all that it promises.
func scenario(b baselines.Baseline) harness.Test {
	return harness.Test{
		Workload: b.Workload, Program: harness.InProcess(b.Register), ConsistencyModels: b.Promise.Models, Strict: true,
		Rate: 10, TimeLimit: 20 * time.Second, NemesisInterval: 3 * time.Second,
	}
}

// partitioned is a test of a baseline under partitions that asks for total availability.
func partitioned(b baselines.Baseline) harness.Test {
	t := scenario(b)
	t.Nemesis, t.Availability = []string{"partition"}, "total"
	return t
}

// scenarios run a baseline with no faults, with many nodes, under partitions, and with all faults that it promises to
// survive.
func scenarios(b baselines.Baseline) []sim.Scenario {
	quiet, large, faulty := scenario(b), scenario(b), scenario(b)
	quiet.Rate, quiet.TimeLimit, quiet.Availability = 100, 5*time.Second, "total"
	large.NodeCount, large.TimeLimit, large.Latency, large.Availability = 25, 5*time.Second, 100*time.Millisecond, "total"
	faulty.Nemesis = survived(b)
	all := []sim.Scenario{
		{Name: "quiet", Test: quiet, Seeds: 5},
		{Name: "large", Test: large, Seeds: 5},
		{Name: "all", Test: faulty, Seeds: 20},
	}
	if b.Promise.Available {
		all = append(all, sim.Scenario{Name: "partition", Test: partitioned(b), Seeds: 10})
	}
	return all
}

func TestSim(t *testing.T) {
	for _, b := range baselines.All() {
		t.Run(b.Name, func(t *testing.T) { sim.Sweep(t, scenarios(b)...) })
	}
}

func TestReplay(t *testing.T) {
	for _, b := range baselines.All() {
		for _, s := range scenarios(b) {
			t.Run(b.Name+"/"+s.Name, func(t *testing.T) {
				s.Test.Seed = 1
				require.NoError(t, sim.Replay(t, s.Test))
			})
		}
	}
}

// A baseline that does not promise to be available under partitions is not, and nothing else is wrong with it.
func TestUnavailable(t *testing.T) {
	for _, b := range baselines.All() {
		if b.Promise.Available {
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			test := partitioned(b)
			test.Seed = 1
			res, err := sim.Run(t, test)
			require.NoError(t, err)
			require.Equal(t, check.Invalid, res.Availability.Verdict())
			require.Equal(t, res.Availability.Reasons(), res.Reasons)
			require.Equal(t, check.Valid, res.Workload.Verdict())
		})
	}
}

func TestAll(t *testing.T) {
	all := baselines.All()
	require.True(t, slices.IsSortedFunc(all, func(a, b baselines.Baseline) int { return strings.Compare(a.Name, b.Name) }))
	for _, b := range all {
		require.NotEmpty(t, b.About)
	}
}
