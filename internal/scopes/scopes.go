// Package scopes says, for each mutant of baselines/mutants, in which scope an exploration finds its mistake, or why none does. The
// measurements of `glomers bench exploration` and the tests of the strategies take the scopes from here.
package scopes

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/baselines/mutants"
	"glomers/harness/explore"
)

// A Trap is a scope in which the mistake of a mutant shows.
type Trap struct {
	Mutant mutants.Mutant
	Scope  explore.Scope // without a strategy
	Reason string        // a part of one of the reasons why an execution fails
	Delays int           // the fewest with which explore.Delays finds such an execution
}

// Hidden mutants have mistakes that no exploration shows. The values say why.
func Hidden() map[string]string {
	return map[string]string{
		"ids-birthday": "two of the few ids of an execution are the same once in 100,000 executions",
		"ids-set-back": "it needs a clock that is set back",
		"lock-hasty":   "it is about a lease, and the clocks of the nodes do not run at the same rate: a lease that is right fails, too",
		"txn-alone":    "a node that replicates nothing is told from a slow one by many reads, and an execution has few",
		"txn-uneven":   "messages between nodes may take unequal times without it, too: last-write-wins is as little causal",
	}
}

// Traps returns the traps of all mutants that are not Hidden, in the order of mutants.All.
func Traps() []Trap {
	places := places()
	var all []Trap
	for _, m := range mutants.All() {
		t, ok := places[m.Name]
		if !ok {
			continue
		}
		t.Mutant, t.Scope.Program, t.Scope.Workload = m, m.Register, m.Workload
		t.Scope.ConsistencyModels, t.Scope.Strict = m.Caught.Models, m.Caught.Strict
		all = append(all, t)
	}
	return all
}

// places returns the traps by the names of the mutants: three nodes, with the fewest operations and faults in which the mistake can
// show.
func places() map[string]Trap {
	const (
		lost     = "is missing from the read"
		repeated = "was given out"
		wrongSum = "the acknowledged adds come to"
	)
	at := func(delays int, reason string, s explore.Scope) Trap {
		return Trap{Scope: s, Reason: reason, Delays: delays}
	}
	given := func(ops ...explore.Op) explore.Scope { return explore.Scope{Given: ops} }
	values := []explore.Op{op(0, "broadcast", 1), op(1, "broadcast", 2), op(2, "read", nil)}
	adds := []explore.Op{op(0, "add", 1), op(1, "add", 2), op(2, "add", 3)}
	ids := []explore.Op{op(0, "generate", nil), op(1, "generate", nil), op(2, "generate", nil)}

	return map[string]Trap{
		"append-overwrite": at(1, "incompatible-order", given(
			txn(0, `[["append",0,1]]`), txn(1, `[["append",0,2]]`), txn(2, `[["append",0,3]]`), txn(0, `[["r",0,null]]`), txn(1, `[["r",0,null]]`))),
		// A stale answer of seq-kv counts as a delay.
		"append-stale": at(1, "G-single-item-realtime", explore.Scope{Seeds: 8, Given: []explore.Op{
			txn(0, `[["append",0,1]]`), txn(1, `[["r",0,null]]`), txn(2, `[["r",0,null]]`),
		}}),
		"broadcast-body":     at(0, "replies to broadcast malformed", explore.Scope{Given: values}),
		"broadcast-gives-up": at(2, lost, explore.Scope{Given: values, Cuts: 1, Ticks: 2}),
		// A duplicate takes the place of a repeat, which would need a timer.
		"broadcast-headcount": at(0, lost, explore.Scope{Given: values, Losses: 1, Duplicates: 1}),
		"broadcast-newest":    at(0, lost, explore.Scope{Given: values}),
		"broadcast-no-retry":  at(0, lost, explore.Scope{Given: values, Losses: 1}),
		"broadcast-one-way":   at(0, lost, explore.Scope{Given: values}),
		"broadcast-overtaken": at(1, lost, given(op(0, "broadcast", 1), op(0, "broadcast", 2))),
		"broadcast-renumbers": at(0, lost, explore.Scope{Kills: 1, Given: []explore.Op{op(0, "broadcast", 1), op(0, "broadcast", 2), op(2, "read", nil)}}),
		"broadcast-reset":     at(0, lost, explore.Scope{Given: values}),
		"counter-conflict":    at(0, wrongSum, explore.Scope{Given: adds}),
		"counter-early":       at(0, wrongSum, explore.Scope{Kills: 1, Given: adds}),
		"counter-overwrite":   at(2, wrongSum, explore.Scope{Ticks: 1, Given: []explore.Op{op(0, "add", 1), op(0, "add", 2), op(1, "add", 3)}}),
		"counter-stale":       at(1, wrongSum, explore.Scope{Given: adds}),
		// One request in ten is late, which the seed says. With more nodes all of them would have to be.
		"echo-late":   at(0, "none of the 1 operation after the recovery was answered", explore.Scope{Nodes: 1, Seeds: 64, Given: []explore.Op{op(0, "echo", "a")}}),
		"echo-swap":   at(0, "was answered with", explore.Scope{Clients: 4, Given: []explore.Op{op(0, "echo", "a"), op(3, "echo", "b"), op(1, "echo", "c")}}),
		"echo-typo":   at(0, "replies to echo malformed", given(op(0, "echo", "a"), op(1, "echo", "b"), op(2, "echo", "c"))),
		"ids-clock":   at(0, repeated, explore.Scope{Given: ids}),
		"ids-counter": at(0, repeated, explore.Scope{Given: ids}),
		"ids-early":   at(0, repeated, explore.Scope{Kills: 1, Given: ids}),
		"ids-restart": at(0, repeated, explore.Scope{Kills: 1, Given: ids}),
		"lin-cache": at(0, "is not linearizable", explore.Scope{Clients: 6, Given: []explore.Op{
			op(0, "write", []any{0, 1}), op(1, "write", []any{0, 2}), op(0, "read", []any{0, nil}),
		}}),
		"lock-local":   at(0, "had the lock at the same time", given(op(0, "enter", nil), op(1, "enter", nil), op(2, "enter", nil))),
		"log-back":     at(0, "nonmonotonic-poll", given(send(0, 1), assign(1), poll(1), poll(1))),
		"log-recounts": at(0, "inconsistent-offsets", explore.Scope{Kills: 1, Given: []explore.Op{send(0, 1), send(0, 2)}}),
		"log-reuse":    at(0, "lost-write", given(send(0, 1), send(1, 2), send(2, 3))),
		"log-skip":     at(1, "poll-skip", given(send(0, 1), send(1, 2), send(0, 3), assign(2), poll(2))),
		"log-tail":     at(0, "inconsistent-offsets", given(send(0, 1), send(1, 2))),
		"pn-net":       at(1, wrongSum, explore.Scope{Ticks: 1, Given: []explore.Op{op(0, "add", 2), op(0, "add", -1), op(1, "add", 1)}}),
		// It repeats what is not acknowledged after a second.
		"pn-twice":    at(0, wrongSum, explore.Scope{Losses: 1, Recovery: 2 * time.Second, Given: adds}),
		"set-replace": at(0, lost, explore.Scope{Ticks: 1, Given: []explore.Op{op(0, "add", 0), op(1, "add", 1), op(0, "add", 2)}}),
		"txn-abort":   at(1, "G1a", given(txn(0, `[["w",0,1],["w",1,1]]`), txn(1, `[["w",1,2]]`), txn(2, `[["r",0,null]]`))),
		"txn-arrival": at(2, "read atomic is violated", given(
			txn(0, `[["w",0,1]]`), txn(1, `[["w",0,2]]`), txn(0, `[["r",0,null]]`), txn(1, `[["r",0,null]]`))),
		"txn-dribble": at(1, "read committed is violated", given(
			txn(0, `[["w",0,1],["w",1,1]]`), txn(1, `[["r",0,null],["r",1,null]]`), txn(2, `[["r",1,null]]`))),
		"txn-half": at(0, "G-single", given(
			txn(0, `[["w",0,1],["w",1,1]]`), txn(1, `[["r",0,null],["r",1,null]]`), txn(2, `[["r",1,null]]`))),
		"txn-intermediate": at(0, "G1b", given(txn(0, `[["w",0,1],["w",0,2]]`), txn(1, `[["r",0,null]]`), txn(2, `[["r",0,null]]`))),
		"txn-snapshot": at(0, "read atomic is violated", given(
			txn(0, `[["w",0,1],["r",1,null]]`), txn(1, `[["w",1,1]]`), txn(0, `[["r",0,null],["r",1,null]]`))),
		"txn-zero": at(0, "garbage-read", given(txn(0, `[["w",0,1]]`), txn(1, `[["r",0,null],["r",1,null]]`), txn(0, `[["r",0,null]]`))),
	}
}

func op(client int, f string, value any) explore.Op {
	return explore.Op{Client: client, F: f, Value: value}
}

// txn returns a transaction, as it stands in requests.
func txn(client int, text string) explore.Op { return op(client, "txn", json.RawMessage(text)) }

// send, assign and poll return operations of the workload kafka, on the log 0.
func send(client, message int) explore.Op {
	return op(client, "send", json.RawMessage(fmt.Sprintf(`[["send","0",%d]]`, message)))
}

func assign(client int) explore.Op { return op(client, "assign", []string{"0"}) }

func poll(client int) explore.Op { return op(client, "poll", json.RawMessage(`[["poll"]]`)) }
