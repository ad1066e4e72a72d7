package main

import (
	"testing"

	"glomers/harness/explore"
)

// Three adds at two nodes: whatever the order of adds, messages and timers, and whichever message is lost, both nodes have the sum
// at the end.
func TestEverySchedule(t *testing.T) {
	explore.Explore(t, explore.Scope{
		Program: serve, Workload: "g-counter", Nodes: 2,
		Given: []explore.Op{
			{Client: 0, F: "add", Value: 1},
			{Client: 0, F: "add", Value: 2},
			{Client: 1, F: "add", Value: 4},
		},
		Losses: 1, // of messages between nodes; add Kills: 1 to see it fail
		Ticks:  1, // timers of each node that fire at any time
	})
}
