package main

import (
	"testing"

	"glomers/harness/explore"
)

// Two values at two of three nodes: whatever the order of requests, messages and timers, and whichever message is lost, all nodes
// have both values at the end.
func TestEverySchedule(t *testing.T) {
	explore.Explore(t, explore.Scope{
		Program: serve, Workload: "broadcast", Nodes: 3,
		Given: []explore.Op{
			{Client: 0, F: "broadcast", Value: 1},
			{Client: 1, F: "broadcast", Value: 2},
		},
		Losses: 1, // of messages between nodes; add Kills: 1 to see it fail
		Ticks:  1, // timers of each node that fire at any time
	})
}
