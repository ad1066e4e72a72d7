package main

import (
	"slices"
	"testing"
	"time"

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
	scenarios := trial.Scenarios(linKV(s))
	sim.Test(t, slices.DeleteFunc(scenarios, func(s sim.Scenario) bool { return s.Name != "partition" && s.Name != "pause" && s.Name != "all" })...)
}

// While a majority is connected, it serves its clients, and soon has a leader again. With hops of 50 ms that is still so
// (raft.TestElectionAfterACut), but the second that clients wait is then often shorter than an election with what comes before and after.
func TestMajority(t *testing.T) {
	for _, latency := range []time.Duration{0, 10 * time.Millisecond} {
		test := linKV(settings())
		test.Latency = latency
		trial.Majority(t, func(n *node.Node) { registers.Serve(n, settings(), rsm.Raft(settings())) }, test, 2)
	}
}
