package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/history"
)

// GSet adds elements to a set that only grows, and reads it. Its RPCs are
//
//	add {element: integer} → add_ok
//	read → read_ok {value: [integer, …]}
//
// The operations are, half and half, "add" of 0, 1, 2, … and "read" of all elements that the node has; in the
// final phase each worker reads once. It is broadcast without a topology: no element that was acknowledged or
// read may be missing for good.
type GSet struct {
	growingSet
}

type elementRequest struct {
	Type    string          `json:"type"`
	Element json.RawMessage `json:"element"`
}

func newGSet(o Options) *GSet { return &GSet{growingSet{add: "add", rand: o.Rand}} }

// Setup does nothing.
func (*GSet) Setup(Client) error { return nil }

// Invoke returns the element that was added, or the list that was read.
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

// A growingSet has what the workloads of a set have in common, whatever they call the operation that adds.
type growingSet struct {
	add  string
	rand *rand.Rand
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

// Idempotent is true of reads.
func (*growingSet) Idempotent(f string) bool { return f == "read" }

// Final returns one read.
func (*growingSet) Final() []history.Op { return []history.Op{{F: "read", Final: true}} }

// Check follows every element through the reads.
func (s *growingSet) Check(h []history.Op) check.Result { return check.SetFull(h, s.add) }
