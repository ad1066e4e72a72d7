package baselines_test

import (
	"slices"
	"testing"
	"time"

	"glomers/baselines"
	"glomers/harness/explore"
	"glomers/harness/workload"
	"glomers/internal/exhausted"
)

// given are three operations for each workload, on different nodes: they meet at one key. Those of unique-ids and echo are drawn.
func given() map[string][]explore.Op {
	txn := func(client int, ops ...any) explore.Op { return explore.Op{Client: client, F: "txn", Value: ops} }
	op := func(f string, key, value any) any { return []any{f, key, value} }
	return map[string][]explore.Op{
		"broadcast":  {{Client: 0, F: "broadcast", Value: 1}, {Client: 1, F: "broadcast", Value: 2}, {Client: 2, F: "read"}},
		"g-set":      {{Client: 0, F: "add", Value: 1}, {Client: 1, F: "add", Value: 2}, {Client: 2, F: "read"}},
		"g-counter":  {{Client: 0, F: "add", Value: 1}, {Client: 1, F: "add", Value: 2}, {Client: 2, F: "read"}},
		"pn-counter": {{Client: 0, F: "add", Value: 1}, {Client: 1, F: "add", Value: -2}, {Client: 2, F: "read"}},
		"kafka": {
			{Client: 0, F: "send", Value: []any{op("send", "k", 1)}},
			{Client: 1, F: "send", Value: []any{op("send", "k", 2)}},
			{Client: 2, F: "assign", Value: []string{"k"}},
			{Client: 2, F: "poll", Value: []any{[]string{"poll"}}},
		},
		"lin-kv": {
			{Client: 0, F: "write", Value: []any{0, 1}},
			{Client: 1, F: "cas", Value: []any{0, []int{1, 2}}},
			{Client: 2, F: "read", Value: []any{0, nil}},
		},
		"lock":            {{Client: 1}, {Client: 1}, {Client: 2}, {Client: 2}}, // each enters, and leaves after that
		"txn-list-append": {txn(0, op("append", 1, 1), op("append", 2, 1)), txn(1, op("r", 1, nil), op("append", 1, 2)), txn(2, op("r", 1, nil), op("r", 2, nil))},
		"txn-rw-register": {txn(0, op("w", 1, 1), op("w", 2, 1)), txn(1, op("r", 1, nil), op("w", 1, 2)), txn(2, op("r", 1, nil), op("r", 2, nil))},
	}
}

// explored is a scope of a baseline, with one fault of each kind that it promises to survive.
func explored(b baselines.Baseline, s explore.Scope) explore.Scope {
	s.Program, s.Workload, s.Given = b.Register, b.Workload, given()[b.Workload]
	s.Options = workload.Options{ConsistencyModels: b.Promise.Models}
	s.Losses, s.Duplicates, s.Cuts = 1, 1, 1
	if b.Promise.Durable {
		s.Kills = 1
	}
	if b.Workload == "lin-kv" {
		s.Clients = 6 // that share a key
	}
	s.Recovery = 5 * time.Second // leases
	return s
}

func TestEverySchedule(t *testing.T) {
	var cases []exhausted.Case
	for _, b := range baselines.All() {
		s := explored(b, explore.Scope{Strategy: explore.Delays(0)})
		switch b.Name {
		case "echo", "random-ids": // nodes that send each other nothing
			s.Strategy = explore.Exhaustive()
		case "gossip", "gossip-set", "pn-counter": // they send by timers alone
			s.Ticks = 1
		}
		long := slices.Contains([]string{"mesh", "star", "tree"}, b.Name) // flooding stands for them
		cases = append(cases, exhausted.Case{Name: b.Name, Long: long, Scope: s})
	}
	exhausted.Test(t, cases...)
}
