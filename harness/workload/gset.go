package workload

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// GSet adds elements to a set that only grows, and reads it; see its Kind. The workload is broadcast without a topology.
type GSet struct {
	growingSet
}

func gSet() Kind {
	return Kind{
		Name: "g-set", About: "A set that only grows: broadcast by other names.",
		RPCs: []RPC{
			{
				Request: `{"type":"add","element":17}`, Reply: `{"type":"add_ok"}`,
				About:  "add gives the node an element.",
				Fields: []Field{{"element", "integer", "what to add; no element comes twice"}},
			},
			{
				Request: `{"type":"read"}`, Reply: `{"type":"read_ok","value":[17,4]}`,
				About:  "read asks for what the node has.",
				Fields: []Field{{"value", "array of integers", "all elements that the node knows, in any order"}},
			},
		},
		Operations: "Half add of 0, 1, 2, …, half read. In the final phase, 10 s after the faults, every worker reads once.",
		Verdict:    "No element that was acknowledged, or read, may be missing from all later reads.",
		Figures:    setFigures(),
		Make:       func(c Config) (Workload, error) { return &GSet{growingSet{add: "add", rand: c.Rand}}, nil },
		Functions:  []string{"add", "read"},
		Unlike:     unlikeSet,
		Argument:   argumentOf("add"),
	}
}

type elementRequest struct {
	Type    string          `json:"type"`
	Element json.RawMessage `json:"element"`
}

// Invoke returns the added element or, for a read, the list of elements.
func (*GSet) Invoke(c Client, op history.Op) (any, error) {
	switch op.F {
	case "add":
		return op.Value, call(c, elementRequest{"add", op.Value}, "add_ok")
	case "read":
		value, err := callFor(c, request{"read"}, "read_ok", "value", "a list", listOrNull)
		return noNull(value), err
	}
	return nil, fmt.Errorf("workload: g-set has no operation %q", op.F)
}

func (*GSet) throws() {}

// A growingSet is the common part of the workloads of a set, broadcast and g-set.
type growingSet struct {
	Base
	add  string // the function that adds an element
	rand choice.Stream
	next int // the next element
}

// Next returns an add of a new element, or a read.
func (s *growingSet) Next() history.Op {
	if s.rand.IntN(2) == 0 {
		return history.Op{F: "read"}
	}
	op := history.Op{F: s.add, Value: strconv.AppendInt(nil, int64(s.next), 10)}
	s.next++
	return op
}

// Idempotent is true for reads.
func (*growingSet) Idempotent(f string) bool { return f == "read" }

// Final returns one read.
func (*growingSet) Final() []history.Op { return []history.Op{{F: "read", Final: true}} }

// Check looks for lost elements in the reads.
func (s *growingSet) Check(h []history.Op) check.Result { return check.SetFull(h, s.add) }

// unlikeSet reports whether the reads of a history are reads of a counter.
func unlikeSet(h []history.Op) bool {
	return !readsSome(h, isList) && readsSome(h, jsonvalue.IsInteger)
}

func setFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if an element was lost; otherwise "unknown" if none is stable`},
		{"workload/attempt-count", "", "elements that clients tried to add; each is stable, lost, or never read"},
		{"workload/stable-count", "", "elements that every read has from some time on, by the invocations of reads"},
		{"workload/lost*", "", "elements that no read has from some time on, though they were known: acknowledged, or seen by a read"},
		{"workload/never-read*", "", "elements of which no read tells, because none that succeeded began after they were known"},
		{"workload/stale*", "", "stable elements that a read missed which began after they were known"},
		{"workload/worst-stale", "", "the eight of these that took longest, with the operations between which that was"},
		{"workload/stable-latencies/*", "ms", "quantiles, over the stable elements, of the time from when they were known to when the last read began that missed them; 0 if none did"},
		{"workload/lost-latencies/*", "ms", "the same over the lost ones, to when the last read began that had them"},
		{"workload/duplicated*", "", "always empty, as in Maelstrom"},
		{"workload/repeated", "", "elements that a read listed twice, which is no fault"},
	}
}
