package main

import (
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
)

// scenarios are the faults that the node promises to survive. Add "kill" to see it fail.
func scenarios() []sim.Scenario {
	base := harness.Test{
		Workload: "g-set", Program: harness.InProcess(serve),
		Rate: 10, TimeLimit: 10 * time.Second, NemesisInterval: 2 * time.Second,
	}
	all := []sim.Scenario{{Name: "quiet", Test: base}}
	for _, fault := range []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"} {
		test := base
		test.Nemesis = []string{fault}
		all = append(all, sim.Scenario{Name: fault, Test: test})
	}
	return all
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }
