package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/history"
)

// Counter adds to a counter and reads it. Its RPCs are
//
//	add {delta: integer} → add_ok
//	read → read_ok {value: integer}
//
// The operations are, half and half, "add" of a small delta and "read" of the sum that the node knows;
// in the final phase each worker reads once. The final reads must return the sum of all adds that were
// acknowledged, and perhaps of some whose outcome nobody knows.
//
// It is two workloads: in g-counter, the grow-only one, deltas are 0 to 4; in pn-counter they
// are -5 to 4.
type Counter struct {
	name   string
	lowest int // delta
	rand   *rand.Rand
}

// highestDelta is the same in both workloads.
const highestDelta = 4

type addRequest struct {
	Type  string          `json:"type"`
	Delta json.RawMessage `json:"delta"`
}

// Setup does nothing.
func (*Counter) Setup(Client) error { return nil }

// Next returns an add of a random delta, or a read.
func (c *Counter) Next() history.Op {
	if c.rand.IntN(2) == 0 {
		return history.Op{F: "read"}
	}
	delta := c.lowest + c.rand.IntN(highestDelta-c.lowest+1)
	return history.Op{F: "add", Value: strconv.AppendInt(nil, int64(delta), 10)}
}

// Invoke returns the delta that was added, or the sum that was read.
func (c *Counter) Invoke(to Client, op history.Op) (any, error) {
	switch op.F {
	case "add":
		return op.Value, call(to, addRequest{"add", op.Value}, "add_ok")
	case "read":
		return callFor(to, request{"read"}, "read_ok", "value", "an integer of 64 bits", int64Value)
	}
	return nil, fmt.Errorf("workload: %s has no operation %q", c.name, op.F)
}

// Idempotent is true of reads.
func (*Counter) Idempotent(f string) bool { return f == "read" }

func (*Counter) throws() {}

// Final returns one read.
func (*Counter) Final() []history.Op { return []history.Op{{F: "read", Final: true}} }

// Check compares the final reads with the sum of the adds.
func (*Counter) Check(h []history.Op) check.Result { return check.Counter(h) }
