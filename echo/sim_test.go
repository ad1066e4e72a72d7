package main

import (
	"strings"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
)

// challenge1 is challenge 1 with more nodes, and with faults that come often.
func challenge1(faults ...string) harness.Test {
	return harness.Test{
		Workload: "echo", Program: harness.InProcess(serve),
		NodeCount: 3, Rate: 50, TimeLimit: 10 * time.Second, Latency: 10 * time.Millisecond,
		Nemesis: faults, NemesisInterval: time.Second,
	}
}

// scenarios are the faults that echo promises to survive. Where they leave the nodes alone, every request is answered.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	add := func(availability string, faults ...string) {
		s := sim.Scenario{Name: strings.Join(faults, "+"), Test: challenge1(faults...), Seeds: 4}
		s.Test.Availability = availability
		all = append(all, s)
	}
	for _, fault := range []string{"partition", "loss", "duplicate", "reorder", "slow"} {
		add("total", fault)
	}
	add("", "pause")
	add("", "kill")
	add("", "partition", "loss", "duplicate", "reorder", "slow", "pause", "kill")
	return all
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }
