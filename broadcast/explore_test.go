package main

import (
	"testing"
	"time"

	"glomers/harness/explore"
	"glomers/internal/exhausted"
)

// Two nodes get a value each, and the third is read. A timer of each node fires at any time: it sends what is new, or asks for what is missing.
func TestEverySchedule(t *testing.T) {
	scope := func(budget time.Duration, s explore.Scope) explore.Scope {
		s.Program, s.Workload = broadcaster(budget), "broadcast"
		s.Given = []explore.Op{{Client: 0, F: "broadcast", Value: 1}, {Client: 1, F: "broadcast", Value: 2}, {Client: 2, F: "read"}}
		return s
	}
	ticking := func(budget time.Duration, s explore.Scope) explore.Scope {
		s.Ticks = 1
		return scope(budget, s)
	}
	withDisks := func(s explore.Scope) explore.Scope {
		s = scope(defaultBudget, s)
		s.Program = durable(defaultBudget)
		return s
	}
	const inTurns = 1700 * time.Millisecond
	exhausted.Test(t,
		exhausted.Case{Name: "all faults, no timers", Scope: scope(defaultBudget, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1})},
		exhausted.Case{Name: "a loss", Scope: ticking(defaultBudget, explore.Scope{Losses: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "a duplicate", Scope: ticking(defaultBudget, explore.Scope{Duplicates: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "a partition", Scope: ticking(defaultBudget, explore.Scope{Cuts: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "all faults", Scope: ticking(defaultBudget, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "3e: a loss", Scope: ticking(inTurns, explore.Scope{Losses: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "3e: a duplicate", Scope: ticking(inTurns, explore.Scope{Duplicates: 1, Strategy: explore.Delays(2)})},
		exhausted.Case{Name: "3e: a partition", Scope: ticking(inTurns, explore.Scope{Cuts: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "3e: all faults", Scope: ticking(inTurns, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "durable: a kill", Scope: withDisks(explore.Scope{Kills: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "durable: two kills", Scope: withDisks(explore.Scope{Kills: 2, Strategy: explore.Delays(0)})},
		exhausted.Case{Name: "all faults, a delay", Long: true, Scope: ticking(defaultBudget, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(1)})},
		exhausted.Case{Name: "3e: all faults, a delay", Long: true, Scope: ticking(inTurns, explore.Scope{Losses: 1, Duplicates: 1, Cuts: 1, Strategy: explore.Delays(1)})},
	)
}
