package main

import (
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
)

// scenarios are the faults that the node promises to survive. Add "kill" to see it fail.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	for _, fault := range []string{"", "loss", "slow", "pause"} {
		test := harness.Test{
			Workload: "kafka", Program: harness.InProcess(serve), NodeCount: 2,
			Rate: 100, TimeLimit: 5 * time.Second, Latency: 10 * time.Millisecond, NemesisInterval: time.Second,
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
