// Extension is glomers with a workload and a fault more. It can as well be a module of its own: see the test.
//
//	go run . test -w tickets --nemesis islands --bin ./node
package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/cli"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

func main() { cli.Main(cli.Workload(tickets()), cli.Fault(islands())) }

// tickets has nodes hand out numbered tickets, as a baker does to keep the queue in order: a ticket must have a higher number than all
// that had been handed out when it was asked for.
func tickets() workload.Kind {
	return workload.Kind{
		Name: "tickets", About: "Nodes hand out numbered tickets.",
		RPCs: []workload.RPC{{
			Request: `{"type":"take"}`, Reply: `{"type":"take_ok","ticket":17}`,
			About:  "take asks for a ticket.",
			Fields: []workload.Field{{Name: "ticket", Type: "integer", About: "its number"}},
		}},
		Operations: "Only take.",
		Verdict:    "A ticket must have a higher number than all that had been handed out when it was asked for.",
		Figures: []workload.Figure{
			{Path: "workload/valid", About: "false if a ticket has too low a number"},
			{Path: "workload/count", Unit: "ops", About: "tickets handed out"},
			{Path: "workload/errors", About: "those with too low a number"},
		},
		Flags: []workload.Flag{{
			Name: "gap", Argument: "n", Default: "0", About: "numbers that a ticket may be too low by, in tickets", Judges: true,
		}},
		Make: func(c workload.Config) (workload.Workload, error) {
			gap, err := strconv.ParseInt("0"+c.Own["gap"], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("tickets: --gap %s: want a whole number from 0", c.Own["gap"])
			}
			return queue{gap: gap}, nil
		},
		Functions: []string{"take"},
	}
}

// A queue is the workload of one run. The Base prepares nothing, has no final operations, and says of a request that timed out that
// nobody knows whether it happened: a ticket may be gone.
type queue struct {
	workload.Base
	gap int64
}

// Next decides what a client does next. There is not much choice.
func (queue) Next() history.Op { return history.Op{F: "take"} }

// Invoke does it. The value that it returns completes the operation in the history.
func (queue) Invoke(c workload.Client, _ history.Op) (any, error) {
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

// Check goes through the history in the order of time.
func (q queue) Check(h []history.Op) check.Result {
	r := &result{}
	highest := int64(-1)                  // of the tickets handed out so far
	before := map[history.Process]int64{} // highest when the process asked for its ticket
	for _, op := range h {
		switch op.Type {
		case history.Invoke:
			before[op.Process] = highest
		case history.OK:
			ticket, _ := strconv.ParseInt(string(op.Value), 10, 64) // Invoke made it
			if ticket+q.gap <= before[op.Process] {
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

// A result goes to results.json.
type result struct {
	Valid  check.Verdict `json:"valid"`
	Count  int           `json:"count"`
	Errors []string      `json:"errors,omitempty"`
}

// Verdict is that of the whole history.
func (r *result) Verdict() check.Verdict { return r.Valid }

// Reasons says why it is not valid.
func (r *result) Reasons() []string { return r.Errors }
