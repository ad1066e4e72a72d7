// Package trial has the tests that every program on package rsm must pass, whatever its engine. Only tests may import it.
package trial

import (
	"slices"
	"time"

	"glomers/harness"
	"glomers/harness/network"
	"glomers/harness/sim"
)

// Faults returns the faults that the programs promise to survive. A minority may be cut off, stand still, or be down; disks lose at a kill what was
// not synced, are full for a while, or slow.
func Faults() []string {
	return []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew", "kill", "disk"}
}

// Scenarios are test without faults, under each fault, under all of them, and with long hops.
func Scenarios(test harness.Test) []sim.Scenario {
	test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit, test.NemesisInterval = 5, 20, 50, 10*time.Second, 2*time.Second
	with := func(faults ...string) harness.Test {
		t := test
		t.Nemesis = slices.Clone(faults)
		return t
	}
	all := []sim.Scenario{{Name: "quiet", Test: with(), Seeds: 1}}
	for _, fault := range Faults() {
		all = append(all, sim.Scenario{Name: fault, Test: with(fault), Seeds: 1})
	}
	far := with("partition", "loss")
	far.Latency, far.LatencyDist = 50*time.Millisecond, network.Exponential
	return append(all,
		sim.Scenario{Name: "all", Test: with(Faults()...), Seeds: 1},
		sim.Scenario{Name: "far", Test: far, Seeds: 1},
	)
}
