package main

import (
	"testing"

	"glomers/harness/explore"
)

// Four requests at three nodes, one of which may be killed between any two of them and started again: all ids are different.
func TestEverySchedule(t *testing.T) {
	explore.Explore(t, explore.Scope{
		Program: serve, Workload: "unique-ids", Nodes: 3,
		Given: []explore.Op{
			{Client: 0, F: "generate"},
			{Client: 0, F: "generate"},
			{Client: 1, F: "generate"},
			{Client: 2, F: "generate"},
		},
		Kills: 1,
	})
}
