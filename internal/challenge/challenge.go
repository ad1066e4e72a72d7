// Package challenge has the challenges of Gossip Glomers, and those that we add, as data, and runs them under our harness or under Maelstrom.
package challenge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/nemesis"
	"glomers/internal/compare"
	"glomers/internal/wording"
)

// A Challenge is one of https://fly.io/dist-sys, or one of ours.
type Challenge struct {
	ID, Name string  // together unique
	Task     string  // in a few words
	Dir      string  // of our solution, from the root of the repository
	Words    string  // of the command, after "maelstrom test" and without --bin
	Targets  Targets // published too
}

// Title returns the id and the name.
func (c Challenge) Title() string { return strings.TrimSpace(c.ID + " " + c.Name) }

// Targets are limits that the figures of a run must stay below. Zero means that there is no limit.
type Targets struct {
	MsgsPerOp   float64       // messages between servers per operation
	Median, Max time.Duration // of the stable latency
}

// All returns the published challenges in their order.
func All() []Challenge {
	const (
		efficient = "-w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100"
		log       = "-w kafka --node-count 2 --concurrency 2n --time-limit 20 --rate 1000"
		txn       = "-w txn-rw-register --node-count 2 --concurrency 2n --time-limit 20 --rate 1000 --consistency-models "
		total     = " --availability total --nemesis partition"
	)
	return []Challenge{
		{"1", "echo", "send back whatever clients send", "echo", "-w echo --node-count 1 --time-limit 10", Targets{}},
		{"2", "unique ids", "give out ids that are never given out twice", "unique-ids", "-w unique-ids --time-limit 30 --rate 1000 --node-count 3 --availability total --nemesis partition", Targets{}},
		{"3a", "single-node broadcast", "keep values, and return them all", "broadcast", "-w broadcast --node-count 1 --time-limit 20 --rate 10", Targets{}},
		{"3b", "multi-node broadcast", "pass every value on to all five nodes", "broadcast", "-w broadcast --node-count 5 --time-limit 20 --rate 10", Targets{}},
		{"3c", "fault-tolerant broadcast", "get every value to all nodes despite cuts", "broadcast", "-w broadcast --node-count 5 --time-limit 20 --rate 10 --nemesis partition", Targets{}},
		{"3d", "efficient broadcast I", "25 nodes: few messages, and little delay", "broadcast", efficient, Targets{30, 400 * time.Millisecond, 600 * time.Millisecond}},
		{"3e", "efficient broadcast II", "25 nodes: fewer messages, more delay", "broadcast", efficient, Targets{20, time.Second, 2 * time.Second}},
		{"4", "grow-only counter", "count together; the sum is kept in seq-kv", "g-counter", "-w g-counter --node-count 3 --rate 100 --time-limit 20 --nemesis partition", Targets{}},
		{"5a", "single-node log", "append to logs, poll them, commit offsets", "kafka-log", "-w kafka --node-count 1 --concurrency 2n --time-limit 20 --rate 1000", Targets{}},
		{"5b", "multi-node log", "the same logs, served by two nodes", "kafka-log", log, Targets{}},
		{"5c", "efficient log", "the same with fewer messages and less delay", "kafka-log", log, Targets{}},
		{"6a", "single-node transactions", "run transactions on a key-value store", "txn-kv", "-w txn-rw-register --node-count 1 --time-limit 20 --rate 1000 --concurrency 2n --consistency-models read-uncommitted --availability total", Targets{}},
		{"6b", "read uncommitted", "transactions on two nodes, no dirty writes", "txn-kv", txn + "read-uncommitted", Targets{}},
		{"6b", "the same, totally available", "the same while the two are cut off", "txn-kv", txn + "read-uncommitted" + total, Targets{}},
		{"6c", "read committed", "transactions that read only committed data", "txn-kv", txn + "read-committed" + total, Targets{}},
	}
}

// Additional returns our own challenges, which begin where the published ones end: they need consensus.
func Additional() []Challenge {
	const faults = " --node-count 5 --concurrency 2n --time-limit 30 --rate 100 --nemesis partition,kill"
	return []Challenge{
		{"7", "lin-kv", "registers that seem to have a single copy", "examples/lin-kv", "-w lin-kv" + faults, Targets{}},
		{"8", "list-append", "transactions that seem to run one by one", "examples/list-append", "-w txn-list-append --consistency-models strict-serializable" + faults, Targets{}},
	}
}

// Every returns the published challenges and ours.
func Every() []Challenge { return append(All(), Additional()...) }

// Published reports whether the challenge is one of https://fly.io/dist-sys.
func (c Challenge) Published() bool { return slices.Contains(All(), c) }

// IDs returns the ids of all challenges, each once.
func IDs() []string {
	var ids []string
	for _, c := range Every() {
		ids = append(ids, c.ID)
	}
	return slices.Compact(ids)
}

// Choose returns the challenges with the given ids, in the order of Every. The id "all" stands for the published ones, and "all+" for
// every challenge. Letters may be of either case.
func Choose(ids []string) ([]Challenge, error) {
	var lower []string
	for _, id := range ids {
		id = strings.ToLower(id)
		if !slices.Contains(append(Sets(), IDs()...), id) {
			return nil, fmt.Errorf("no challenge is called %q: %s", id, Meant(id, Sets()...))
		}
		lower = append(lower, id)
	}
	var chosen []Challenge
	for _, c := range Every() {
		if slices.Contains(lower, c.ID) || slices.Contains(lower, "all+") || slices.Contains(lower, "all") && c.Published() {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

// Sets returns the words that stand for several challenges.
func Sets() []string { return []string{"all", "all+"} }

// Meant says which ids, or more words, there are instead of a word that is none.
func Meant(word string, more ...string) string {
	word = strings.ToLower(word)
	var named []string // the ids of those whose names have the word in them
	for _, c := range Every() {
		if len(word) >= 3 && strings.Contains(c.Name+" "+c.Dir, word) && !slices.Contains(named, c.ID) {
			named = append(named, c.ID)
		}
	}
	switch words := strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ';' }); {
	case len(Parts(word)) > 0:
		return fmt.Sprintf("want one of its parts, %s, or several", wording.Or(Parts(word)))
	case len(named) > 0:
		return fmt.Sprintf("did you mean %s?", wording.Or(named))
	case len(words) > 1:
		return fmt.Sprintf("want spaces between them: %s", strings.Join(words, " "))
	}
	return "want " + wording.Or(append(more, IDs()...))
}

// Parts returns the ids of the parts of a challenge: 3a to 3e for 3. A challenge that is its only part has none.
func Parts(id string) []string {
	var parts []string
	for _, whole := range IDs() {
		if number := strings.TrimRight(whole, "abcde"); number == id && number != whole {
			parts = append(parts, whole)
		}
	}
	return parts
}

// Missed names the targets that the figures of a run miss, each with its figure. The staleness is nil if none was measured.
func (t Targets) Missed(msgsPerOp float64, stale *compare.Staleness) []string {
	var why []string
	over := func(what string, figure, target any) {
		why = append(why, fmt.Sprintf("%s is %v, the target is below %v", what, figure, target))
	}
	if t.MsgsPerOp > 0 && msgsPerOp >= t.MsgsPerOp {
		over("msgs/op", wording.Number(msgsPerOp, 4), t.MsgsPerOp)
	}
	if t.Max > 0 && stale == nil {
		why = append(why, "no stable latency was measured")
	}
	if t.Median > 0 && stale != nil && stale.Median >= t.Median {
		over("median stable latency", stale.Median, t.Median)
	}
	if t.Max > 0 && stale != nil && stale.Max >= t.Max {
		over("maximum stable latency", stale.Max, t.Max)
	}
	return why
}

// String returns the targets in a few words.
func (t Targets) String() string {
	if t.Max == 0 {
		return "valid"
	}
	return fmt.Sprintf("< %v msgs/op, < %d / %d ms", t.MsgsPerOp, t.Median.Milliseconds(), t.Max.Milliseconds())
}

// Changes are a user's changes to a published command.
type Changes struct {
	TimeLimit time.Duration
	Nemesis   []string
}

// A Command is the words of a Maelstrom command line.
type Command []string

// Command returns the published words, with the user's changes, for the node at bin.
func (c Challenge) Command(bin string, changes Changes) Command {
	words := Command(strings.Fields("test " + c.Words))
	words.Set("--bin", bin)
	faults := changes.Nemesis
	if words.Get("--node-count") == "1" { // it has no link that anything could happen to
		faults = slices.DeleteFunc(slices.Clone(faults), func(name string) bool {
			k, _ := nemesis.All().Find(name) // the flag has seen to it that it exists
			return k.Links
		})
	}
	if len(faults) > 0 {
		words.Set("--nemesis", strings.Join(faults, ","))
	}
	if changes.TimeLimit > 0 {
		words.Set("--time-limit", fmt.Sprint(changes.TimeLimit.Seconds()))
	}
	return words
}

// Get returns the argument of a flag, "" if the flag is not there.
func (c Command) Get(flag string) string {
	if i := slices.Index(c, flag); i >= 0 && i+1 < len(c) {
		return c[i+1]
	}
	return ""
}

// Set gives a flag its argument, and adds the flag if need be.
func (c *Command) Set(flag, arg string) {
	if i := slices.Index(*c, flag); i >= 0 && i+1 < len(*c) {
		(*c)[i+1] = arg
		return
	}
	*c = append(*c, flag, arg)
}

// ForMaelstrom returns the command without the faults that Maelstrom lacks: its only one is partition.
func (c Command) ForMaelstrom() Command {
	words := slices.Clone(c)
	if slices.Contains(strings.Split(words.Get("--nemesis"), ","), "partition") {
		words.Set("--nemesis", "partition")
	}
	return words
}
