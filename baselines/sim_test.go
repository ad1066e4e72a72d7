package baselines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/sim"
)

// survived are the faults that the package documentation promises for a baseline.
func survived(b baselines.Baseline) []string {
	faults := []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"}
	if b.Workload != "broadcast" {
		faults = append(faults, "kill")
	}
	return faults
}

// scenarios run a baseline with many nodes and no faults, under partitions, and with all faults that it promises to
// survive.
func scenarios(b baselines.Baseline) []sim.Scenario {
	base := harness.Test{
		Workload: b.Workload, Program: harness.InProcess(b.Register),
		Rate: 10, TimeLimit: 20 * time.Second, NemesisInterval: 3 * time.Second,
	}
	large := base
	large.NodeCount, large.TimeLimit, large.Latency, large.Availability = 25, 5*time.Second, 100*time.Millisecond, "total"
	partitioned := base
	partitioned.Nemesis, partitioned.Availability = []string{"partition"}, "total"
	faulty := base
	faulty.Nemesis = survived(b)
	return []sim.Scenario{
		{Name: "large", Test: large},
		{Name: "partition", Test: partitioned},
		{Name: "all", Test: faulty},
	}
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

func TestAll(t *testing.T) {
	all := baselines.All()
	require.True(t, slices.IsSortedFunc(all, func(a, b baselines.Baseline) int { return strings.Compare(a.Name, b.Name) }))
	for _, b := range all {
		require.NotEmpty(t, b.About)
	}
}
