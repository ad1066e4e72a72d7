package explore_test

import (
	"context"
	"fmt"

	"glomers/baselines"
	"glomers/baselines/mutants"
	"glomers/harness/explore"
	"glomers/node"
)

var values = []explore.Op{
	{Client: 0, F: "broadcast", Value: 1}, {Client: 1, F: "broadcast", Value: 2}, {Client: 2, F: "read"},
}

// Every schedule of a small broadcast.
func ExampleRun() {
	r, err := explore.Run(context.Background(), explore.Scope{Program: baselines.Flooding, Workload: "broadcast", Given: values})
	fmt.Println(r.Bound)
	fmt.Println(r.Executions, "executions,", r.Pruned, "pruned,", r.States, "states, exhausted:", r.Exhausted, r.Failure, err)
	// Output:
	// broadcast, 3 nodes, 3 operations of 3 clients, no faults, no timers, every schedule
	// 624 executions, 1179 pruned, 4996 states, exhausted: true <nil> <nil>
}

// A node that passes each value on once. The decisions repeat the execution that loses a value.
func ExampleReplay() {
	scope := explore.Scope{Program: mutant("broadcast-no-retry"), Workload: "broadcast", Given: values, Losses: 1}
	r, _ := explore.Run(context.Background(), scope)
	fmt.Println("decisions:", r.Failure.Decisions)
	e, err := explore.Replay(scope, r.Failure.Decisions)
	for _, s := range e.Steps {
		fmt.Println(s.Text)
	}
	fmt.Println(e.Reasons[0][:48], err)
	// Output:
	// decisions: 7.4
	// client c0 asks n0: broadcast 1
	// deliver n0 → n2 {"type":"broadcast","msg_id":1,"message":1}
	// deliver n0 → n1 {"type":"broadcast","msg_id":2,"message":1}
	// deliver n2 → n0 {"type":"broadcast_ok","in_reply_to":1}
	// deliver n1 → n0 {"type":"broadcast_ok","in_reply_to":2}
	// client c1 asks n1: broadcast 2
	// deliver n1 → n0 {"type":"broadcast","msg_id":1,"message":2}
	// lose n0 → n2 {"type":"broadcast","msg_id":3,"message":2}
	// deliver n0 → n1 {"type":"broadcast_ok","in_reply_to":1}
	// client c2 asks n2: read null
	// at the end, client c0 asks n0: read → ok [1,2]
	// at the end, client c1 asks n1: read → ok [1,2]
	// at the end, client c2 asks n2: read → ok [1]
	// value 2, acknowledged at 0.000 s (op 3, process  <nil>
}

func mutant(name string) func(n *node.Node) {
	for _, m := range mutants.All() {
		if m.Name == name {
			return m.Register
		}
	}
	panic(name)
}
