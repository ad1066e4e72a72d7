package main

import (
	"testing"
	"time"

	"glomers/examples/internal/trial"
	"glomers/examples/list-append/lists"
	"glomers/examples/raft/rsm"
	"glomers/harness/explore"
	"glomers/harness/workload"
	"glomers/internal/exhausted"
	"glomers/node"
)

// Two transactions that each read what the other appends to, and a third that reads both lists, at three nodes. In the warm-up, a leader was
// elected.
func TestEverySchedule(t *testing.T) {
	scope := func(s explore.Scope) explore.Scope {
		s.Program = func(n *node.Node) { lists.Serve(n, rsm.Settings{}, rsm.Raft(rsm.Settings{})) }
		s.Workload, s.Invariant = "txn-list-append", trial.Invariant
		s.Options = workload.Options{ConsistencyModels: []string{"strict-serializable"}}
		s.Warmup, s.Recovery = 2*time.Second, 5*time.Second
		return s
	}
	first := explore.Op{Client: 0, F: "txn", Value: []any{[]any{"r", 1, nil}, []any{"append", 2, 1}}}
	second := explore.Op{Client: 1, F: "txn", Value: []any{[]any{"r", 2, nil}, []any{"append", 1, 1}}}
	both := explore.Op{Client: 2, F: "txn", Value: []any{[]any{"r", 1, nil}, []any{"r", 2, nil}}}
	exhausted.Test(t,
		exhausted.Case{Name: "no fault", Scope: scope(explore.Scope{Given: []explore.Op{first, second, both}, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "a loss", Scope: scope(explore.Scope{Given: []explore.Op{first, second}, Losses: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "a kill and a loss", Long: true, Scope: scope(explore.Scope{Given: []explore.Op{first, both}, Kills: 1, Losses: 1, Strategy: explore.Delays(0)})},
	)
}
