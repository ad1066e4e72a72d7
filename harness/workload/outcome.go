package workload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/node"
)

// ErrTimeout is the error of a call that got no reply in time.
var ErrTimeout = errors.New("workload: no reply in time")

// ErrCrashed is the error of an operation that is there to end its process, as if the
// client had crashed.
var ErrCrashed = errors.New("workload: the client has crashed")

// A MalformedReply is the error of a call whose reply breaks the workload's
// protocol.
type MalformedReply struct {
	Reply json.RawMessage // the body of the reply
	Want  string          // the shape that was wanted, in words
}

// Error says what was wanted, and shows up to 1000 bytes of the reply.
func (m *MalformedReply) Error() string {
	return fmt.Sprintf("workload: malformed reply: want %s, not %.1000s", m.Want, []byte(m.Reply))
}

// Complete returns the completion of the invocation op, given what Invoke
// returned. It is
//
//   - ok with the value if there is no error;
//   - fail if the error says that the operation did not happen and never will;
//   - info if it may have happened, or fail if repeating it would be harmless;
//   - info if the reply was malformed: nobody knows what the node did;
//   - info, without an Error, after ErrCrashed.
//
// The Error of the completion is "net-timeout", [name, text] of an error reply, or
// ["malformed-reply", want, reply]. Index and Time are left for the caller to set.
func Complete(w Workload, op history.Op, value any, err error) history.Op {
	if err == nil {
		var raw json.RawMessage
		if raw, err = marshal(value); err == nil {
			op.Type, op.Value = history.OK, raw
			return op
		}
	}
	op.Type = history.Info
	if errors.Is(err, ErrCrashed) {
		return op
	}
	if w.Idempotent(op.F) {
		op.Type = history.Fail
	}
	var reason any
	if errors.Is(err, ErrTimeout) {
		reason = "net-timeout"
	} else if rpc, ok := errors.AsType[*node.RPCError](err); ok {
		name, definite := describe(rpc.Code)
		if definite {
			op.Type = history.Fail
		}
		reason = []string{name, rpc.Text}
	} else if m, ok := errors.AsType[*MalformedReply](err); ok {
		op.Type = history.Info
		reason = malformed(m)
	} else {
		reason = []string{"client-error", err.Error()}
	}
	op.Error, _ = marshal(reason) // cannot fail: strings and valid JSON
	return op
}

// malformed returns the Error of an operation that got a malformed reply.
func malformed(m *MalformedReply) []any {
	if json.Valid(m.Reply) {
		return []any{check.Malformed, m.Want, m.Reply}
	}
	return []any{check.Malformed, m.Want, string(m.Reply)}
}

// marshal is json.Marshal without escapes for HTML, so that histories are readable.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("workload: %w", err)
	}
	return bytes.Clone(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil // a history has millions; the buffer is up to twice as large
}
