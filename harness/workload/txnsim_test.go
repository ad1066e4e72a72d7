package workload_test

import (
	"testing"
	"time"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/harness/workload"
)

// A store under one linearizable key passes, with any faults of the links between nodes. baselines/mutants shows that broken
// stores do not.
func TestTxnAppendSim(t *testing.T) {
	sim.Test(t, sim.Scenario{Name: "partition", Seeds: 3, Test: harness.Test{
		Workload: "txn-list-append", Program: harness.InProcess(baselines.LinRoot), NodeCount: 3, Rate: 50,
		TimeLimit: 10 * time.Second, Latency: 5 * time.Millisecond, Nemesis: []string{"partition"}, NemesisInterval: 2 * time.Second,
		Options: workload.Options{Strict: true},
	}})
}
