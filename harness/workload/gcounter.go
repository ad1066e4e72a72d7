package workload

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// Counter adds to a counter and reads it. It implements two workloads, g-counter and pn-counter; see their Kinds.
type Counter struct {
	Base
	name   string
	lowest int // the lowest delta
	rand   choice.Stream
}

func gCounter() Kind {
	k := counterKind("g-counter", 0)
	k.About = "A counter that only grows."
	k.Operations = "Half add, of 0 to 4, half read. In the final phase, 10 s after the faults, every worker reads once."
	k.Verdict = "The final reads must return the sum of all acknowledged adds, plus that of any of the adds of unknown outcome."
	k.Unlike = func(h []history.Op) bool {
		return unlikeCounter(h) || slices.ContainsFunc(h, func(op history.Op) bool { return op.F == "add" && strings.HasPrefix(string(op.Value), "-") })
	}
	return k
}

func pnCounter() Kind {
	k := counterKind("pn-counter", -5)
	k.About = "A counter that also shrinks."
	k.Operations = "As g-counter, but adds are of -5 to 4."
	k.Verdict = "As of g-counter."
	return k
}

// counterKind returns what the kinds of counters have in common.
func counterKind(name string, lowest int) Kind {
	return Kind{
		Name:      name,
		RPCs:      counterRPCs(),
		Figures:   counterFigures(),
		Make:      func(c Config) (Workload, error) { return &Counter{name: name, lowest: lowest, rand: c.Rand}, nil },
		Functions: []string{"add", "read"},
		Unlike:    unlikeCounter,
		Argument:  argumentOf("add"),
		Doubt:     func(h []history.Op) string { return noFinalReads(name, h) },
	}
}

func counterRPCs() []RPC {
	return []RPC{
		{
			Request: `{"type":"add","delta":3}`, Reply: `{"type":"add_ok"}`,
			About:  "add adds to the counter.",
			Fields: []Field{{"delta", "integer", "how much to add"}},
		},
		{
			Request: `{"type":"read"}`, Reply: `{"type":"read_ok","value":38}`,
			About:  "read asks for the value of the counter. Before the final phase it may be an old one.",
			Fields: []Field{{"value", "integer", "the sum"}},
		},
	}
}

func counterFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if a final read is not acceptable; "unknown" if that cannot be told`},
		{"workload/final-reads", "", "the values of the reads of the final phase"},
		{"workload/acceptable", "", "ranges [lowest, highest] of what they may be: the sum of all acknowledged adds, plus that of any of the adds of unknown outcome"},
		{"workload/errors", "", "the final reads of something else"},
		{"workload/inexact", "", "true if the acceptable values were too many to list, so that the ranges have more"},
	}
}

// unlikeCounter reports whether the reads of a history are reads of a set.
func unlikeCounter(h []history.Op) bool {
	return readsSome(h, isList) && !readsSome(h, jsonvalue.IsInteger)
}

// noFinalReads explains that a history without marked final reads cannot be judged; "" if the history has some, or no reads at
// all.
func noFinalReads(name string, h []history.Op) string {
	reads := 0
	for _, op := range h {
		if op.Final {
			return ""
		}
		if op.F == "read" && op.Type == history.OK {
			reads++
		}
	}
	if reads == 0 {
		return ""
	}
	return fmt.Sprintf(`none of %d reads is marked final, and %s is judged by final reads alone: those after all adds must have "final": true (:final? true)`, reads, name)
}

// highestDelta is the same in both workloads.
const highestDelta = 4

type addRequest struct {
	Type  string          `json:"type"`
	Delta json.RawMessage `json:"delta"`
}

// Next returns an add of a random delta, or a read.
func (c *Counter) Next() history.Op {
	if c.rand.IntN(2) == 0 {
		return history.Op{F: "read"}
	}
	delta := c.lowest + c.rand.IntN(highestDelta-c.lowest+1)
	return history.Op{F: "add", Value: strconv.AppendInt(nil, int64(delta), 10)}
}

// Invoke returns the added delta or, for a read, the sum.
func (c *Counter) Invoke(to Client, op history.Op) (any, error) {
	switch op.F {
	case "add":
		return op.Value, call(to, addRequest{"add", op.Value}, "add_ok")
	case "read":
		return callFor(to, request{"read"}, "read_ok", "value", "an integer of 64 bits", int64Value)
	}
	return nil, fmt.Errorf("workload: %s has no operation %q", c.name, op.F)
}

// Idempotent is true for reads.
func (*Counter) Idempotent(f string) bool { return f == "read" }

func (*Counter) throws() {}

// Final returns one read.
func (*Counter) Final() []history.Op { return []history.Op{{F: "read", Final: true}} }

// Check compares the final reads with the sum of the adds.
func (*Counter) Check(h []history.Op) check.Result { return check.Counter(h) }
