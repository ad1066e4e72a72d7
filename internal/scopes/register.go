package scopes

import (
	"encoding/json"
	"fmt"

	"glomers/harness/check"
	"glomers/harness/check/linear"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// register is the workload of the nodes of examples/raft/bugs: a register that must be linearizable, a counter, and requests that change nothing in them.
var register = workload.Kind{
	Name: "register",
	Make: func(workload.Config) (workload.Workload, error) { return &registerWorkload{}, nil },
}

type registerWorkload struct{ workload.Base }

// Next returns what each client does after the recovery: any node answers a peek.
func (*registerWorkload) Next() history.Op { return history.Op{F: "peek"} }

// Idempotent is true for everything but writes and adds.
func (*registerWorkload) Idempotent(f string) bool { return f != "write" && f != "add" }

// Invoke returns the value that was read or written.
func (*registerWorkload) Invoke(c workload.Client, op history.Op) (any, error) {
	body := map[string]any{"type": op.F}
	switch op.F {
	case "write", "add":
		body["value"] = op.Value
	case "members":
		body["voters"] = op.Value
	}
	var reply struct{ Value json.RawMessage }
	if err := c.Call(body, op.F+"_ok", &reply); err != nil {
		return nil, err
	}
	if op.F == "read" {
		return reply.Value, nil
	}
	return op.Value, nil
}

// beginning is a process that writes the first value, since a checker takes a register that was never written for any value.
const beginning = 1000

// Check looks for an order of the reads and writes, after a write of 0.
func (*registerWorkload) Check(h []history.Op) check.Result {
	first := history.Op{Process: beginning, F: "write", Value: json.RawMessage("[0,0]")}
	var of []history.Op
	add := func(op history.Op) {
		op.Index = len(of)
		of = append(of, op)
	}
	for _, typ := range []history.Type{history.Invoke, history.OK} {
		first.Type = typ
		add(first)
	}
	for _, op := range h {
		if op.F != "read" && op.F != "write" {
			continue
		}
		if len(op.Value) == 0 {
			op.Value = json.RawMessage("null")
		}
		op.Value = fmt.Appendf(nil, "[0,%s]", op.Value)
		add(op)
	}
	return linear.Check(of, 0)
}
