package workload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
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
	Reply   json.RawMessage // the body of the reply
	Type    string          // that it should have, such as "read_ok"
	Problem string          // what is wrong with it, such as `field "value" is missing`; replies with the same are counted together
	To      string          // the client that got it; the engine fills this in
	From    string          // the node that was asked; the engine fills this in
}

// Error says in one line which field of which reply is wrong.
func (m *MalformedReply) Error() string {
	parties := ""
	if m.To != "" {
		parties = fmt.Sprintf(" to %s from %s", m.To, m.From)
	}
	return fmt.Sprintf("workload: malformed reply: %s%s: %s", m.Type, parties, m.Problem)
}

// kind is what replies that are counted together have in common.
func (m *MalformedReply) kind() string { return m.Type + ": " + m.Problem }

// An UncodedError is the error of a call whose reply is an error with a code that is no integer. It counts as one of an unknown
// code: nobody knows whether the operation happened.
type UncodedError struct {
	Code json.RawMessage // empty if there is none
	Text string
}

// Error says what is wrong with the error, and then what it says.
func (u *UncodedError) Error() string {
	return fmt.Sprintf("workload: an error whose code is %s, not an integer: %s", jsonvalue.Kind(u.Code), u.Text)
}

// A throwing workload has operations that are info after any error, even a definite one. In the reference the clients of some
// workloads do not turn errors into completions but throw them.
type throwing interface{ throws() }

// Complete returns the completion of the invocation op, given what Invoke
// returned. It is
//
//   - ok with the value if there is no error;
//   - fail if the error says that the operation did not happen and never will;
//   - info if it may have happened, or fail if repeating it would be harmless;
//   - info after any error in g-set, g-counter and pn-counter, as in the reference;
//   - info if the reply was malformed, even to a read: the reference's client throws an exception;
//   - info, without an Error, after ErrCrashed.
//
// The Error of the completion is "net-timeout", [name, text] of an error reply, [check.NoCode, text, what its code is], or
// ["malformed-reply", kind, reply, client, node]; see check.Malformed. Index and Time are left for the caller to set.
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
	_, throws := w.(throwing)
	if w.Idempotent(op.F) && !throws {
		op.Type = history.Fail
	}
	var reason any
	if errors.Is(err, ErrTimeout) {
		reason = "net-timeout"
	} else if rpc, ok := errors.AsType[*node.RPCError](err); ok {
		name, definite := describe(rpc.Code)
		if definite && !throws {
			op.Type = history.Fail
		}
		reason = []string{name, rpc.Text}
	} else if u, ok := errors.AsType[*UncodedError](err); ok {
		reason = []any{check.NoCode, u.Text, jsonvalue.Kind(u.Code)}
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
	var reply any = string(m.Reply)
	if json.Valid(m.Reply) {
		reply = m.Reply
	}
	return []any{check.Malformed, m.kind(), reply, m.To, m.From}
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
