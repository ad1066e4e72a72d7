package harness_test

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// Tickets asks nodes for numbered tickets, as a baker does to keep the queue in order. Its one RPC is
//
//	take → take_ok {ticket: integer}
//
// A ticket must have a higher number than all that had been handed out when it was asked for.
type Tickets struct{}

// TicketsKind is the workload as a value, for harness.Test.Kind.
func TicketsKind() workload.Kind {
	return workload.Kind{
		Name: "tickets", About: "Nodes hand out numbered tickets.",
		Make:      func(workload.Config) (workload.Workload, error) { return Tickets{}, nil },
		Functions: []string{"take"},
	}
}

// Setup has nothing to prepare.
func (Tickets) Setup(workload.Client) error { return nil }

// Next decides what a client does next. There is not much choice.
func (Tickets) Next() history.Op { return history.Op{F: "take"} }

// Invoke does it. The value that it returns completes the operation in the history.
func (Tickets) Invoke(c workload.Client, _ history.Op) (any, error) {
	var body json.RawMessage
	if err := c.Call(map[string]string{"type": "take"}, "take_ok", &body); err != nil {
		return nil, err
	}
	var reply struct{ Ticket *int64 } // a pointer shows whether there is one
	if err := json.Unmarshal(body, &reply); err != nil || reply.Ticket == nil {
		return nil, &workload.MalformedReply{Reply: body, Type: "take_ok", Problem: `field "ticket" is missing, or no integer`}
	}
	return *reply.Ticket, nil
}

// Idempotent says whether a request that timed out may count as one that did not happen. A ticket may be gone.
func (Tickets) Idempotent(string) bool { return false }

// Final could return operations for the end, when all faults are healed.
func (Tickets) Final() []history.Op { return nil }

// Check goes through the history in the order of time.
func (Tickets) Check(h []history.Op) check.Result {
	r := &TicketsResult{}
	highest := int64(-1)                  // of the tickets handed out so far
	before := map[history.Process]int64{} // highest when the process asked for its ticket
	for _, op := range h {
		switch op.Type {
		case history.Invoke:
			before[op.Process] = highest
		case history.OK:
			ticket, _ := strconv.ParseInt(string(op.Value), 10, 64) // Invoke made it
			if ticket <= before[op.Process] {
				r.Valid = check.Invalid
				r.Errors = append(r.Errors, fmt.Sprintf("process %s was given %d (op %d), though %d had been handed out",
					op.Process, ticket, op.Index, before[op.Process]))
			}
			r.Count++
			highest = max(highest, ticket)
		}
	}
	return r
}

// A TicketsResult goes to results.json.
type TicketsResult struct {
	Valid  check.Verdict `json:"valid"`
	Count  int           `json:"count"`
	Errors []string      `json:"errors,omitempty"`
}

// Verdict is that of the whole history.
func (r *TicketsResult) Verdict() check.Verdict { return r.Valid }

// Reasons says why it is not valid.
func (r *TicketsResult) Reasons() []string { return r.Errors }
