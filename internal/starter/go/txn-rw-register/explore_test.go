package main

import (
	"testing"

	"glomers/harness/explore"
	"glomers/harness/workload"
)

// Two transactions write the same two registers at different nodes, and a third reads them: whatever the order of transactions,
// messages and timers, and whichever message is lost, no transaction sees half of another.
func TestEverySchedule(t *testing.T) {
	explore.Explore(t, explore.Scope{
		Program: serve, Workload: "txn-rw-register", Nodes: 2,
		Options: workload.Options{ConsistencyModels: []string{"read-atomic"}, Strict: true},
		Given: []explore.Op{
			{Client: 0, F: "txn", Value: [][]any{{"w", 1, 1}, {"w", 2, 1}}},
			{Client: 1, F: "txn", Value: [][]any{{"w", 1, 2}, {"w", 2, 2}}},
			{Client: 1, F: "txn", Value: [][]any{{"r", 1, nil}, {"r", 2, nil}}},
		},
		Losses: 1, // of messages between nodes; add Kills: 1 to see it fail
		Ticks:  1, // timers of each node that fire at any time
	})
}
