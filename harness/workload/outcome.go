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

// ErrCrashed is the error of an operation whose purpose is to end its process, as if the client had crashed.
var ErrCrashed = errors.New("workload: the client has crashed")

// A MalformedReply is the error of a call whose reply violates the workload's protocol.
type MalformedReply struct {
	Reply   json.RawMessage // the body of the reply
	Type    string          // the expected type, such as "read_ok"
	Problem string          // such as `field "value" is missing`; replies with the same problem are counted together
	To      string          // the client that got the reply; the engine fills this in
	From    string          // the node that sent the reply; the engine fills this in
}

// Error describes, in one line, the reply and its wrong field.
func (m *MalformedReply) Error() string {
	parties := ""
	if m.To != "" {
		parties = fmt.Sprintf(" to %s from %s", m.To, m.From)
	}
	return fmt.Sprintf("workload: malformed reply: %s%s: %s", m.Type, parties, m.Problem)
}

// kind identifies replies that are counted together.
func (m *MalformedReply) kind() string { return m.Type + ": " + m.Problem }

// An UncodedError is the error of a call whose reply is an error with a code that is not an integer. It counts as an error of an
// unknown code, after which nobody knows whether the operation happened.
type UncodedError struct {
	Code json.RawMessage // empty if the code is missing
	Text string
}

// Error describes the kind of the code, followed by the text of the error.
func (u *UncodedError) Error() string {
	return fmt.Sprintf("workload: an error whose code is %s, not an integer: %s", jsonvalue.Kind(u.Code), u.Text)
}

// The operations of a throwing workload complete as info after any error, even a definite one. In the reference, the clients of
// these workloads throw errors instead of turning them into completions.
type throwing interface{ throws() }

// Complete returns the completion of the invocation op, given the results of Invoke. The completion is
//
//   - ok, with the value, if there is no error;
//   - fail if the error says that the operation did not happen and never will;
//   - info if the operation may have happened, or fail if the operation is idempotent;
//   - info after any error in g-set, g-counter and pn-counter, as in the reference;
//   - info if the reply was malformed, even to a read: the reference's client throws an exception;
//   - info, without an Error, after ErrCrashed.
//
// The Error of the completion is "net-timeout", [name, text] of an error reply, [check.NoCode, text, kind of the code], or
// ["malformed-reply", kind, reply, client, node]; see check.Malformed. The caller sets Index and Time.
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
	return bytes.Clone(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil // a copy without the buffer's spare room: a history has millions
}
