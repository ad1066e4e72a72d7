package main

import (
	"testing"

	"glomers/harness/explore"
	"glomers/internal/exhausted"
)

// A node is killed up to three times, at once or after it has given an id out. Its clock goes on by a millisecond with each start.
func TestEverySchedule(t *testing.T) {
	ask := func(client int) explore.Op { return explore.Op{Client: client, F: "generate"} }
	exhausted.Test(t,
		exhausted.Case{Name: "all faults", Scope: explore.Scope{
			Program: inMemory, Workload: "unique-ids", Given: []explore.Op{ask(0), ask(0), ask(1), ask(2)},
			Losses: 1, Duplicates: 1, Cuts: 1, Kills: 1,
		}},
		exhausted.Case{Name: "two kills", Scope: explore.Scope{
			Program: inMemory, Workload: "unique-ids", Given: []explore.Op{ask(0), ask(0), ask(1)}, Kills: 2,
		}},
		exhausted.Case{Name: "durable: two kills", Scope: explore.Scope{
			Program: onDisk, Workload: "unique-ids", Nodes: 1, Given: []explore.Op{ask(0), ask(0), ask(0)}, Kills: 2,
		}},
	)
}
