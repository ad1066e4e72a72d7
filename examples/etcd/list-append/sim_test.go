package main

import (
	"testing"

	"glomers/examples/etcd"
	"glomers/examples/internal/trial"
	"glomers/examples/list-append/lists"
	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/node"
)

func TestSim(t *testing.T) {
	s := rsm.Settings{Options: rsm.Options{Window: rsm.DefaultWindow, Entries: 50}}
	sim.Test(t, trial.Scenarios(harness.Test{
		Workload: "txn-list-append",
		Program:  harness.InProcess(func(n *node.Node) { lists.Serve(n, s, etcd.Start(s)) }),
		Options:  workload.Options{ConsistencyModels: []string{"strict-serializable"}},
	})...)
}
