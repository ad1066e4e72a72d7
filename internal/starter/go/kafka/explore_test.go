package main

import (
	"testing"

	"glomers/harness/explore"
)

// Two messages to the same log by way of different nodes, and a poll: whatever the order of requests, messages and timers, and
// whichever message is lost, all polls see the same log, and nothing in it that was sent once is there twice.
func TestEverySchedule(t *testing.T) {
	explore.Explore(t, explore.Scope{
		Program: serve, Workload: "kafka", Nodes: 2,
		Given: []explore.Op{
			{Client: 0, F: "send", Value: [][]any{{"send", "a", 1}}},
			{Client: 1, F: "send", Value: [][]any{{"send", "a", 2}}},
			{Client: 1, F: "assign", Value: []string{"a"}},
			{Client: 1, F: "poll", Value: [][]any{{"poll"}}},
		},
		Losses: 1, // of messages between nodes; add Kills: 1 to see it fail
		Ticks:  1, // timers of each node that fire at any time: here the end of the wait for the leader's reply
	})
}
