package main

import (
	"testing"
	"time"

	"glomers/harness/explore"
	"glomers/internal/exhausted"
	"glomers/node"
)

// Two nodes are sent a message for the same log, and a client of the third polls it. In the warm-up, the nodes have joined.
func TestEverySchedule(t *testing.T) {
	send := func(client, message int) explore.Op {
		return explore.Op{Client: client, F: "send", Value: []any{[]any{"send", "k", message}}}
	}
	scope := func(acksAll, orderOnly bool, s explore.Scope) explore.Scope {
		s.Program, s.Workload = func(n *node.Node) { serve(n, timings(acksAll, orderOnly), nil) }, "kafka"
		s.Given = []explore.Op{
			send(0, 1), send(1, 2),
			{Client: 2, F: "assign", Value: []string{"k"}},
			{Client: 2, F: "poll", Value: []any{[]any{"poll"}}},
		}
		s.Ticks, s.Warmup = 1, 2*time.Second
		return s
	}
	withDisks := func(acksAll, orderOnly bool, s explore.Scope) explore.Scope {
		s = scope(acksAll, orderOnly, s)
		s.Program = func(n *node.Node) { serve(n, timings(acksAll, orderOnly), node.OpenStore(n, "")) }
		s.Ticks = 0
		return s
	}
	exhausted.Test(t,
		exhausted.Case{Name: "a loss", Scope: scope(false, false, explore.Scope{Losses: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "a duplicate", Scope: scope(false, false, explore.Scope{Duplicates: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "a partition", Scope: scope(false, false, explore.Scope{Cuts: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "copies=1: a loss", Scope: scope(false, true, explore.Scope{Losses: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "acks=all: a loss", Scope: scope(true, false, explore.Scope{Losses: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "acks=all: a kill", Scope: scope(true, false, explore.Scope{Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "durable: a kill", Scope: withDisks(false, false, explore.Scope{Kills: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "durable, acks=all: a kill", Scope: withDisks(true, false, explore.Scope{Kills: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "durable, copies=1: a kill", Scope: withDisks(false, true, explore.Scope{Kills: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "durable: a kill, a delay", Long: true, Scope: withDisks(false, false, explore.Scope{Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "all faults", Long: true, Scope: scope(false, false, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "copies=1: all faults", Long: true, Scope: scope(false, true, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "a partition, a delay", Long: true, Scope: scope(false, false, explore.Scope{Cuts: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "acks=all: a kill and a loss", Long: true, Scope: scope(true, false, explore.Scope{Kills: 1, Losses: 1, Strategy: explore.Delays(0)})},
	)
}
