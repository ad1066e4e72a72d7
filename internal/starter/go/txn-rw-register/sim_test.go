package main

import (
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/harness/workload"
)

// scenarios are the faults that the node promises to survive. Add "kill" to see it fail.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	for _, fault := range []string{"", "partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"} {
		test := harness.Test{
			Workload: "txn-rw-register", Program: harness.InProcess(serve), NodeCount: 2,
			Rate: 100, TimeLimit: 5 * time.Second, Latency: 10 * time.Millisecond, NemesisInterval: time.Second,
			Options: workload.Options{ConsistencyModels: []string{"read-committed"}},
		}
		name := "quiet"
		if fault != "" {
			name, test.Nemesis = fault, []string{fault}
		}
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 5}) // -seeds simulates more
	}
	return all
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }
