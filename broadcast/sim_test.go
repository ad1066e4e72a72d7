package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/sim"
)

// challenge3e is challenge 3d and 3e: 25 nodes, 100 ms a hop.
func challenge3e() harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: harness.InProcess(serve),
		NodeCount: 25, Rate: 100, TimeLimit: 20 * time.Second, Latency: 100 * time.Millisecond,
	}
}

// challenge3c is challenge 3b, and with a partition 3c.
func challenge3c() harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: harness.InProcess(serve),
		NodeCount: 5, Rate: 10, TimeLimit: 20 * time.Second,
	}
}

func with(t harness.Test, faults ...string) harness.Test {
	t.Nemesis = faults
	return t
}

// scenarios are the faults that broadcast promises to survive.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	for _, fault := range []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"} {
		all = append(all, sim.Scenario{Name: fault, Test: with(challenge3c(), fault)})
	}
	return append(all,
		sim.Scenario{Name: "quiet", Test: challenge3c()},
		sim.Scenario{Name: "all", Test: with(challenge3c(), "partition", "loss", "duplicate", "reorder", "slow", "pause", "skew")},
		sim.Scenario{Name: "large", Test: with(challenge3e(), "partition")},
	)
}

func TestSim(t *testing.T) { sim.Sweep(t, scenarios()...) }

func TestReplay(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			s.Test.Seed = 1
			require.NoError(t, sim.Replay(t, s.Test))
		})
	}
}
