package main

import (
	"testing"

	"glomers/examples/etcd"
	"glomers/examples/internal/trial"
	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

func TestSim(t *testing.T) {
	s := rsm.Settings{Options: rsm.Options{Window: rsm.DefaultWindow, Entries: 50}}
	sim.Test(t, trial.Scenarios(harness.Test{
		Workload: "lin-kv",
		Program:  harness.InProcess(func(n *node.Node) { registers.Serve(n, s, etcd.Start(s)) }),
	})...)
}
