package main

import (
	"testing"

	"glomers/harness/explore"
	"glomers/internal/exhausted"
)

// Nodes that send each other nothing leave little to chance: when each is asked, and when it is killed.
func TestEverySchedule(t *testing.T) {
	exhausted.Test(t, exhausted.Case{Name: "all faults", Scope: explore.Scope{
		Program: serve, Workload: "echo", Operations: 3,
		Losses: 1, Duplicates: 1, Cuts: 1, Kills: 1,
	}})
}
