package check

import (
	"encoding/json"
	"fmt"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// An EchoResult has the echoes that differ from the value sent. It is Invalid if there are any.
type EchoResult struct {
	Valid  Verdict     `json:"valid"`
	Errors []EchoError `json:"errors"` // the first ones: at most 128, and at most a MiB of values, but at least one
	Count  int         `json:"error-count"`
}

// Limits of Errors, because a node may answer with values of any size.
const (
	maxEchoErrors = 128
	maxEchoBytes  = 1 << 20
)

// An EchoError is an operation whose answer differs from the value it sent.
type EchoError struct {
	Sent     json.RawMessage `json:"sent"`
	Received json.RawMessage `json:"received"`
	Op       history.Op      `json:"op"` // its completion
}

// Echo checks a history of operations that must complete with the value that they were invoked with, whatever their
// name. Only operations that completed ok count.
func Echo(h []history.Op) *EchoResult {
	r := &EchoResult{Errors: []EchoError{}}
	inv := history.Invocations(h)
	bytes := 0
	for i, op := range h {
		if op.Type != history.OK || inv[i] < 0 {
			continue
		}
		sent := h[inv[i]].Value
		if jsonvalue.Key(sent) != jsonvalue.Key(op.Value) {
			r.Valid = Invalid
			r.Count++
			if bytes += len(sent) + 2*len(op.Value); len(r.Errors) == 0 || len(r.Errors) < maxEchoErrors && bytes <= maxEchoBytes {
				r.Errors = append(r.Errors, EchoError{sent, op.Value, op})
			}
		}
	}
	return r
}

// Verdict implements Result.
func (r *EchoResult) Verdict() Verdict { return r.Valid }

// Reasons implements Result.
func (r *EchoResult) Reasons() []string {
	rs := reason.List(r.Errors[:min(len(r.Errors), reason.Most)], func(e EchoError) string {
		return fmt.Sprintf("%s was answered with %s at %s", reason.Quote(e.Sent), reason.Quote(e.Received), reason.At(e.Op))
	})
	if more := r.Count - len(rs); more > 0 {
		rs = append(rs, fmt.Sprintf("… and %d more", more))
	}
	return rs
}
