package workload

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/harness/check"
	"glomers/harness/check/linear"
	"glomers/harness/choice"
	"glomers/harness/history"
)

// LinKV reads and writes registers; see its Kind. Its RPCs are those of the service lin-kv.
//
// The operations "read" and "write" have the value [key, value], and "cas" has [key, [from, to]]. Each key is used by a group
// of workers, two for each node: one of the two only reads, and the other does writes and cas, 1:2. There is no final phase.
// Each key must be linearizable: see [linear.Check].
type LinKV struct {
	Base
	rand    choice.Stream
	workers int
	size    int      // workers in a group
	groups  []keyUse // worker i belongs to group i / size
	keys    int      // the number of keys used so far: 0, 1, 2, …
}

func linKV() Kind {
	key := Field{"key", "integer", "of the register"}
	return Kind{
		Name: "lin-kv", About: "A store of registers, each linearizable.",
		RPCs: []RPC{
			{
				Request: `{"type":"read","key":3}`, Reply: `{"type":"read_ok","value":1}`,
				About:  "read asks for the value.",
				Fields: []Field{key, {"value", "any", "what was written last"}},
				Errors: []int{20},
			},
			{
				Request: `{"type":"write","key":3,"value":1}`, Reply: `{"type":"write_ok"}`,
				About:  "write sets the value, and makes the register if need be.",
				Fields: []Field{key, {"value", "integer", "the new value, 0 to 4"}},
			},
			{
				Request: `{"type":"cas","key":3,"from":1,"to":4}`, Reply: `{"type":"cas_ok"}`,
				About:  "cas, compare and set, sets the value if it is the one expected.",
				Fields: []Field{key, {"from", "integer", "the value expected"}, {"to", "integer", "the new value"}},
				Errors: []int{20, 22},
			},
		},
		Operations: "Each key is used by two workers for each node: one only reads, the other one writes and swaps, 1 to 2. Clients wait 1 s for a reply, or ten times the latency.",
		Verdict:    "There must be an order of the operations on each key in which each has the result that it had, and comes after all that had completed before it was invoked.",
		Figures: []Figure{
			{"workload/valid", "", `false if a key is not linearizable; "unknown" if the search for an order of its operations took too many steps`},
			{"workload/results", "", "for each key, its verdict, how many operations did not fail, and the smallest stretch of the history that contradicts itself"},
			{"workload/failures", "", "the keys that are not linearizable"},
		},
		Workers:   2, // one group
		Make:      newLinKV,
		Functions: []string{"cas", "read", "write"},
		Argument: func(op history.Op) []json.RawMessage {
			var pair []json.RawMessage
			if op.F != "read" {
				return []json.RawMessage{op.Value}
			}
			if json.Unmarshal(op.Value, &pair) == nil && len(pair) == 2 {
				return pair[:1]
			}
			return nil
		},
	}
}

// A keyUse is a key with the processes that have used it.
type keyUse struct {
	key       int
	processes map[history.Process]bool
}

const (
	// maxProcesses is the number of processes that use a key before its group changes to a new key. All of them, except for as
	// many as the group has workers, have ended with an operation of unknown outcome. Each such operation doubles the number of
	// orders that the checker must consider.
	maxProcesses = 20

	registerValues = 5
)

type (
	keyRequest struct {
		Type string          `json:"type"`
		Key  json.RawMessage `json:"key"`
	}
	writeRequest struct {
		Type  string          `json:"type"`
		Key   json.RawMessage `json:"key"`
		Value json.RawMessage `json:"value"`
	}
	casRequest struct {
		Type string          `json:"type"`
		Key  json.RawMessage `json:"key"`
		From json.RawMessage `json:"from"`
		To   json.RawMessage `json:"to"`
	}
)

func newLinKV(c Config) (Workload, error) {
	size := 2 * max(1, len(c.Nodes))
	if c.Workers%size != 0 {
		return nil, fmt.Errorf("workload: lin-kv with %d workers: want a multiple of %d, as two for each node share a key", c.Workers, size)
	}
	w := &LinKV{rand: c.Rand, workers: max(c.Workers, size), size: size}
	for range w.workers / size {
		w.groups = append(w.groups, w.newKey())
	}
	return w, nil
}

func (w *LinKV) newKey() keyUse {
	w.keys++
	return keyUse{w.keys - 1, make(map[history.Process]bool)}
}

// Next returns an operation of a random worker.
func (w *LinKV) Next() history.Op { return w.NextFor(history.Process(w.rand.IntN(w.workers))) }

// NextFor returns an operation on the key of the process's group.
func (w *LinKV) NextFor(p history.Process) history.Op {
	worker := int(p) % w.workers
	use := &w.groups[worker/w.size]
	if !use.processes[p] && len(use.processes) >= max(maxProcesses, w.size) {
		*use = w.newKey()
	}
	use.processes[p] = true

	// The number of draws is the same for every worker, so that the operations of other workers do not depend on this one.
	kind, from, to := w.rand.IntN(3), w.rand.IntN(registerValues), w.rand.IntN(registerValues)
	switch {
	case worker%w.size < w.size/2:
		return history.Op{F: "read", Value: fmt.Appendf(nil, "[%d,null]", use.key)}
	case kind == 0:
		return history.Op{F: "write", Value: fmt.Appendf(nil, "[%d,%d]", use.key, to)}
	}
	return history.Op{F: "cas", Value: fmt.Appendf(nil, "[%d,[%d,%d]]", use.key, from, to)}
}

// Timeout is ten times the latency, but at least 1 s. It is short because a worker that waits for a node without a quorum
// contributes nothing to the test.
func (*LinKV) Timeout(latency time.Duration) time.Duration { return max(10*latency, time.Second) }

// Invoke returns the value of the operation; for a read, the value contains the result.
func (*LinKV) Invoke(c Client, op history.Op) (any, error) {
	var key, argument json.RawMessage
	if err := decodePair(op.Value, &key, &argument); err != nil {
		return nil, fmt.Errorf("workload: lin-kv: %s %s: %w", op.F, op.Value, err)
	}
	switch op.F {
	case "read":
		value, err := callFor(c, keyRequest{"read", key}, "read_ok", "value", "any value", anyValue)
		return []json.RawMessage{key, value}, err
	case "write":
		return op.Value, call(c, writeRequest{"write", key, argument}, "write_ok")
	case "cas":
		var from, to json.RawMessage
		if err := decodePair(argument, &from, &to); err != nil {
			return nil, fmt.Errorf("workload: lin-kv: cas %s: %w", op.Value, err)
		}
		return op.Value, call(c, casRequest{"cas", key, from, to}, "cas_ok")
	}
	return nil, fmt.Errorf("workload: lin-kv has no operation %q", op.F)
}

// decodePair decodes an array of two elements.
func decodePair(array json.RawMessage, first, second *json.RawMessage) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(array, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("want 2 elements, not %d", len(pair))
	}
	*first, *second = pair[0], pair[1]
	return nil
}

// Idempotent is true for reads.
func (*LinKV) Idempotent(f string) bool { return f == "read" }

// Check looks for an order of the operations on each key.
func (*LinKV) Check(h []history.Op) check.Result { return linear.Check(h, 0) }
