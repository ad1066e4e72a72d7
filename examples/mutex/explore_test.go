package main

import (
	"testing"
	"time"

	"glomers/harness/explore"
	"glomers/internal/exhausted"
	"glomers/node"
)

// Three clients of three nodes enter and leave, or two of them. The nodes have been silent for a lease before, and are so after the faults. No timer
// fires meanwhile: leases are for clocks that run at the same rate.
func TestEverySchedule(t *testing.T) {
	scope := func(s explore.Scope) explore.Scope {
		s.Program, s.Workload = func(n *node.Node) { serve(n, protocol()) }, "lock"
		s.Warmup, s.Recovery = 3*time.Second, 5*time.Second
		return s
	}
	next := func(client int) explore.Op { return explore.Op{Client: client} } // enter, and leave after it
	two := []explore.Op{next(0), next(0), next(1), next(1)}
	exhausted.Test(t,
		exhausted.Case{Name: "three clients", Scope: scope(explore.Scope{Operations: 6, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "two clients, a loss", Scope: scope(explore.Scope{Given: two, Losses: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "two clients, a duplicate", Long: true, Scope: scope(explore.Scope{Given: two, Duplicates: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "two clients, a partition", Scope: scope(explore.Scope{Given: two, Cuts: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "two clients, a kill", Scope: scope(explore.Scope{Given: two, Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "two clients", Long: true, Scope: scope(explore.Scope{Given: two})},
		exhausted.Case{Name: "two clients, all faults", Long: true, Scope: scope(explore.Scope{Given: two, Losses: 1, Duplicates: 1, Cuts: 1, Kills: 1, Strategy: explore.Delays(0)})},
	)
}
