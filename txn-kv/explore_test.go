package main

import (
	"testing"

	"glomers/harness/check/elle"
	"glomers/harness/explore"
	"glomers/harness/workload"
	"glomers/internal/exhausted"
	"glomers/node"
)

// A transaction writes two keys on one node, another one reads and writes one of them on the second, and the third reads both.
func TestEverySchedule(t *testing.T) {
	scope := func(s explore.Scope) explore.Scope {
		s.Program, s.Workload = func(n *node.Node) { serve(n) }, "txn-rw-register"
		s.Options = workload.Options{ConsistencyModels: []string{"causal-cerone", "read-atomic", string(elle.SessionCommitted)}}
		s.Given = []explore.Op{
			{Client: 0, F: "txn", Value: []any{[]any{"w", 1, 1}, []any{"w", 2, 1}}},
			{Client: 1, F: "txn", Value: []any{[]any{"r", 1, nil}, []any{"w", 1, 2}}},
			{Client: 2, F: "txn", Value: []any{[]any{"r", 1, nil}, []any{"r", 2, nil}}},
		}
		s.Ticks = 1
		return s
	}
	exhausted.Test(t,
		exhausted.Case{Name: "a loss", Scope: scope(explore.Scope{Losses: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "a duplicate", Long: true, Scope: scope(explore.Scope{Duplicates: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "a partition", Scope: scope(explore.Scope{Cuts: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "all faults", Scope: scope(explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "all faults, a delay", Long: true, Scope: scope(explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(1)})},
	)
}
