package main

import (
	"testing"
	"time"

	"glomers/harness/explore"
	"glomers/internal/exhausted"
	"glomers/node"
)

// Two nodes are given something to add, and the third is read. In the warm-up, the nodes have learnt that seq-kv has nothing of theirs.
func TestEverySchedule(t *testing.T) {
	scope := func(durable durability, s explore.Scope) explore.Scope {
		s.Program, s.Workload = func(n *node.Node) { serve(n, settings{durable: durable}) }, "g-counter"
		s.Given = []explore.Op{{Client: 0, F: "add", Value: 1}, {Client: 1, F: "add", Value: 2}, {Client: 2, F: "read"}}
		s.Warmup = time.Second
		return s
	}
	exhausted.Test(t,
		exhausted.Case{Name: "a loss", Scope: scope(inMemory, explore.Scope{Losses: 1, Ticks: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "a duplicate", Scope: scope(inMemory, explore.Scope{Duplicates: 1, Ticks: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "a partition", Scope: scope(inMemory, explore.Scope{Cuts: 1, Ticks: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "all faults", Long: true, Scope: scope(inMemory, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Ticks: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "durable: a kill", Scope: scope(inSeqKV, explore.Scope{Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "disk: a kill", Scope: scope(onDisk, explore.Scope{Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "disk: two kills", Scope: scope(onDisk, explore.Scope{Kills: 2, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "durable: a kill, timers", Long: true, Scope: scope(inSeqKV, explore.Scope{Kills: 1, Ticks: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "durable: all faults", Long: true, Scope: scope(inSeqKV, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Kills: 1, Strategy: explore.Delays(0)})},
	)
}
