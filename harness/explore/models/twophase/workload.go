package twophase

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/internal/wording"
)

// Kind is the workload commit: clients ask nodes for the outcome of the transaction.
func Kind() workload.Kind {
	return workload.Kind{
		Name: "commit", About: "A transaction that all nodes commit, or all abort.",
		RPCs: []workload.RPC{{
			Request: `{"type":"outcome"}`, Reply: `{"type":"outcome_ok","state":"committed"}`,
			About:  "outcome asks for the outcome as far as the node knows it.",
			Fields: []workload.Field{{Name: "state", Type: "string", About: "working, prepared, committed or aborted"}},
		}},
		Operations: "Only outcome.",
		Verdict:    "No node may commit when another one aborts.",
		Figures: []workload.Figure{
			{Path: "workload/valid", About: "false if a node has committed and another has aborted"},
			{Path: "workload/committed", About: "the nodes that have committed"},
			{Path: "workload/aborted", About: "the nodes that have aborted"},
		},
		Make:      func(workload.Config) (workload.Workload, error) { return outcomes{}, nil },
		Functions: []string{"outcome"},
	}
}

// outcomes is the workload of one run.
type outcomes struct{ workload.Base }

func (outcomes) Next() history.Op { return history.Op{F: "outcome"} }

func (outcomes) Idempotent(string) bool { return true }

func (outcomes) Invoke(c workload.Client, _ history.Op) (any, error) {
	var body json.RawMessage
	if err := c.Call(map[string]string{"type": "outcome"}, "outcome_ok", &body); err != nil {
		return nil, err
	}
	var reply struct{ State string }
	if err := json.Unmarshal(body, &reply); err != nil || !slices.Contains(states, reply.State) {
		return nil, &workload.MalformedReply{Reply: body, Type: "outcome_ok", Problem: `field "state" is not the name of a state`}
	}
	return reply.State, nil
}

func (outcomes) Check(h []history.Op) check.Result {
	r := &result{}
	for _, op := range h {
		var state string
		if op.Type != history.OK || json.Unmarshal(op.Value, &state) != nil {
			continue
		}
		switch {
		case state == Committed && !slices.Contains(r.Committed, op.Node):
			r.Committed = append(r.Committed, op.Node)
		case state == Aborted && !slices.Contains(r.Aborted, op.Node):
			r.Aborted = append(r.Aborted, op.Node)
		}
	}
	if len(r.Committed) > 0 && len(r.Aborted) > 0 {
		r.Valid = check.Invalid
	}
	return r
}

// A result goes to results.json.
type result struct {
	Valid     check.Verdict `json:"valid"`
	Committed []string      `json:"committed,omitempty"`
	Aborted   []string      `json:"aborted,omitempty"`
}

// Verdict is that of the whole history.
func (r *result) Verdict() check.Verdict { return r.Valid }

// Reasons says why it is not valid.
func (r *result) Reasons() []string {
	if r.Valid == check.Valid {
		return nil
	}
	return []string{fmt.Sprintf("twophase: %s committed, and %s aborted", wording.And(r.Committed), wording.And(r.Aborted))}
}
