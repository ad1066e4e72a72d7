package main

import (
	"testing"

	"glomers/harness/explore"
)

// Two clients of one node, in either order: there is nothing else to order, as the node sends nothing to others.
func TestEverySchedule(t *testing.T) {
	explore.Explore(t, explore.Scope{
		Program: serve, Workload: "echo", Nodes: 1, Clients: 2,
		Given: []explore.Op{
			{Client: 0, F: "echo", Value: "a"},
			{Client: 1, F: "echo", Value: "b"},
		},
	})
}
