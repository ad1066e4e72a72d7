package main

import (
	"testing"
	"time"

	"glomers/examples/internal/trial"
	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/harness/explore"
	"glomers/internal/exhausted"
	"glomers/node"
)

// A client of one node writes, one of another reads, and one of the third swaps. In the warm-up, a leader was elected.
func TestEverySchedule(t *testing.T) {
	scope := func(s explore.Scope) explore.Scope {
		s.Program = func(n *node.Node) { registers.Serve(n, rsm.Settings{}, rsm.Raft(rsm.Settings{})) }
		s.Workload, s.Clients, s.Invariant = "lin-kv", 6, trial.Invariant
		s.Warmup, s.Recovery = 2*time.Second, 5*time.Second
		return s
	}
	write := explore.Op{Client: 3, F: "write", Value: []any{0, 1}}
	read := explore.Op{Client: 1, F: "read", Value: []any{0, nil}}
	swap := explore.Op{Client: 5, F: "cas", Value: []any{0, []int{1, 2}}}
	exhausted.Test(t,
		exhausted.Case{Name: "no fault", Scope: scope(explore.Scope{Given: []explore.Op{write, read, swap}, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "a loss", Scope: scope(explore.Scope{Given: []explore.Op{write, read}, Losses: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "a kill", Scope: scope(explore.Scope{Given: []explore.Op{write, read}, Kills: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "a kill and a loss", Long: true, Scope: scope(explore.Scope{Given: []explore.Op{write, read}, Kills: 1, Losses: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "a kill, a delay", Long: true, Scope: scope(explore.Scope{Given: []explore.Op{write, read}, Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "a kill, timers", Long: true, Scope: scope(explore.Scope{Given: []explore.Op{write, read}, Kills: 1, Ticks: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "a kill and a loss, a delay", Long: true, Scope: scope(explore.Scope{Given: []explore.Op{write, read}, Kills: 1, Losses: 1, Strategy: explore.Delays(1)})},
	)
}
