package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/nemesis"
	"glomers/internal/wording"
)

// A challenge is one of https://fly.io/dist-sys.
type challenge struct {
	id, name string  // together unique
	dir      string  // of our solution, from the root of the repository
	words    string  // of the published command, after "maelstrom test" and without --bin
	targets  targets // published too
}

// targets are what the figures of a run must stay below. Zero means that there is none.
type targets struct {
	msgsPerOp   float64       // messages between servers per operation
	median, max time.Duration // of the stable latency
}

// challenges returns those that can be run, in their order.
func challenges() []challenge {
	const (
		efficient = "-w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100"
		log       = "-w kafka --node-count 2 --concurrency 2n --time-limit 20 --rate 1000"
		txn       = "-w txn-rw-register --node-count 2 --concurrency 2n --time-limit 20 --rate 1000 --consistency-models "
		total     = " --availability total --nemesis partition"
	)
	return []challenge{
		{"1", "echo", "echo", "-w echo --node-count 1 --time-limit 10", targets{}},
		{"2", "unique ids", "unique-ids", "-w unique-ids --time-limit 30 --rate 1000 --node-count 3 --availability total --nemesis partition", targets{}},
		{"3a", "single-node broadcast", "broadcast", "-w broadcast --node-count 1 --time-limit 20 --rate 10", targets{}},
		{"3b", "multi-node broadcast", "broadcast", "-w broadcast --node-count 5 --time-limit 20 --rate 10", targets{}},
		{"3c", "fault-tolerant broadcast", "broadcast", "-w broadcast --node-count 5 --time-limit 20 --rate 10 --nemesis partition", targets{}},
		{"3d", "efficient broadcast I", "broadcast", efficient, targets{30, 400 * time.Millisecond, 600 * time.Millisecond}},
		{"3e", "efficient broadcast II", "broadcast", efficient, targets{20, time.Second, 2 * time.Second}},
		{"4", "grow-only counter", "g-counter", "-w g-counter --node-count 3 --rate 100 --time-limit 20 --nemesis partition", targets{}},
		{"5a", "single-node log", "kafka-log", "-w kafka --node-count 1 --concurrency 2n --time-limit 20 --rate 1000", targets{}},
		{"5b", "multi-node log", "kafka-log", log, targets{}},
		{"5c", "efficient log", "kafka-log", log, targets{}},
		{"6a", "single-node transactions", "txn-kv", "-w txn-rw-register --node-count 1 --time-limit 20 --rate 1000 --concurrency 2n --consistency-models read-uncommitted --availability total", targets{}},
		{"6b", "read uncommitted", "txn-kv", txn + "read-uncommitted", targets{}},
		{"6b", "the same, totally available", "txn-kv", txn + "read-uncommitted" + total, targets{}},
		{"6c", "read committed", "txn-kv", txn + "read-committed" + total, targets{}},
	}
}

func challengeIDs() []string {
	var ids []string
	for _, c := range challenges() {
		ids = append(ids, c.id)
	}
	return slices.Compact(ids)
}

// choose returns the challenges with the given ids, in their order. "all" means every one.
func choose(ids []string) ([]challenge, error) {
	var chosen []challenge
	for _, c := range challenges() {
		if slices.Contains(ids, c.id) || slices.Contains(ids, "all") {
			chosen = append(chosen, c)
		}
	}
	for _, id := range ids {
		if id != "all" && !slices.Contains(challengeIDs(), id) {
			return nil, fmt.Errorf("no challenge is called %q: want all, %s", id, wording.Or(challengeIDs()))
		}
	}
	return chosen, nil
}

// missed says which targets the outcome misses, each with the figure beside it.
func (t targets) missed(o outcome) []string {
	var why []string
	over := func(what string, figure, target any) {
		why = append(why, fmt.Sprintf("%s is %v, the target is below %v", what, figure, target))
	}
	if t.msgsPerOp > 0 && o.MsgsPerOp >= t.msgsPerOp {
		over("msgs/op", fmt.Sprintf("%.4g", o.MsgsPerOp), t.msgsPerOp)
	}
	if t.max > 0 && o.Stale == nil {
		why = append(why, "no stable latency was measured")
	}
	if t.median > 0 && o.Stale != nil && o.Stale.Median >= t.median {
		over("median stable latency", o.Stale.Median, t.median)
	}
	if t.max > 0 && o.Stale != nil && o.Stale.Max >= t.max {
		over("maximum stable latency", o.Stale.Max, t.max)
	}
	return why
}

// A command is the words of a Maelstrom command line.
type command []string

// command returns the published words, with the user's changes, for the node at bin.
func (c challenge) command(bin string, o overrides) command {
	words := command(strings.Fields("test " + c.words))
	words.set("--bin", bin)
	faults := o.nemesis
	if words.get("--node-count") == "1" { // it has no link that anything could happen to
		faults = slices.DeleteFunc(slices.Clone(faults), nemesis.NeedsLinks)
	}
	if len(faults) > 0 {
		words.set("--nemesis", strings.Join(faults, ","))
	}
	if o.timeLimit > 0 {
		words.set("--time-limit", fmt.Sprint(o.timeLimit.Seconds()))
	}
	return words
}

// get returns the argument of a flag, "" if it is not there.
func (c command) get(flag string) string {
	if i := slices.Index(c, flag); i >= 0 && i+1 < len(c) {
		return c[i+1]
	}
	return ""
}

// set gives a flag its argument, adding it if need be.
func (c *command) set(flag, arg string) {
	if i := slices.Index(*c, flag); i >= 0 && i+1 < len(*c) {
		(*c)[i+1] = arg
		return
	}
	*c = append(*c, flag, arg)
}
