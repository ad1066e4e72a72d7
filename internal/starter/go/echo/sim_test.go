package main

import (
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
)

func TestSim(t *testing.T) {
	sim.Test(t, sim.Scenario{Name: "quiet", Test: harness.Test{
		Workload: "echo", Program: harness.InProcess(serve), NodeCount: 1, Rate: 10, TimeLimit: 10 * time.Second,
	}})
}
