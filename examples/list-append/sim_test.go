package main

import (
	"testing"

	"glomers/examples/internal/trial"
	"glomers/examples/list-append/lists"
	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/node"
)

// settings are those of the flags' defaults, but for a snapshot every 50 entries.
func settings() rsm.Settings {
	return rsm.Settings{Options: rsm.Options{Window: rsm.DefaultWindow, Entries: 50}}
}

func listAppend(s rsm.Settings) harness.Test {
	return harness.Test{
		Workload: "txn-list-append",
		Program:  harness.InProcess(func(n *node.Node) { lists.Serve(n, s, rsm.Raft(s)) }),
		Options:  workload.Options{ConsistencyModels: []string{"strict-serializable"}},
	}
}

func TestSim(t *testing.T) { sim.Test(t, trial.Scenarios(listAppend(settings()))...) }

// While a majority is connected, it serves its clients, and soon has a leader again.
func TestMajority(t *testing.T) {
	serve := func(n *node.Node) { lists.Serve(n, settings(), rsm.Raft(settings())) }
	trial.Majority(t, serve, listAppend(settings()), 2)
}
