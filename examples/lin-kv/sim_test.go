package main

import (
	"testing"

	"glomers/examples/internal/trial"
	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

// settings are those of the flags' defaults, but for a snapshot every 50 entries.
func settings() rsm.Settings {
	return rsm.Settings{Options: rsm.Options{Window: rsm.DefaultWindow, Entries: 50}}
}

func linKV(s rsm.Settings) harness.Test {
	return harness.Test{
		Workload: "lin-kv",
		Program:  harness.InProcess(func(n *node.Node) { registers.Serve(n, s, rsm.Raft(s)) }),
	}
}

func TestSim(t *testing.T) { sim.Test(t, trial.Scenarios(linKV(settings()))...) }

// A read by lease is right as long as clocks run alike, as they do here: the wall clock does not matter.
func TestLease(t *testing.T) {
	s := settings()
	s.Lease = true
	sim.Test(t, trial.Scenarios(linKV(s))...)
}
