package service

import (
	"bytes"
	"encoding/json"
	"fmt"

	"glomers/node"
)

// A request is a body taken apart.
type request struct {
	kind   string                     // its type
	id     json.RawMessage            // its msg_id; nil if it has none
	fields map[string]json.RawMessage // the whole body
}

// A payload is what a reply tells beside its type: a field, or nothing if value is nil.
type payload struct {
	field string
	value json.RawMessage
}

// parseRequest takes a body apart. With an error, the request holds what could be read before it, so
// that the reply can say what it replies to.
func parseRequest(body json.RawMessage) (request, *node.RPCError) {
	var r request
	// Not a struct: encoding/json matches the names of struct fields without regard to case.
	if err := json.Unmarshal(body, &r.fields); err != nil || r.fields == nil {
		return request{}, malformed("body is not a JSON object: %s", clip(body))
	}
	if id := r.fields["msg_id"]; present(id) {
		if !isInteger(id) {
			return r, malformed("msg_id is not an integer: %s", clip(id))
		}
		r.id = id
	}
	kind := r.fields["type"]
	if kind == nil {
		return r, malformed("type is missing")
	}
	if kind[0] != '"' || json.Unmarshal(kind, &r.kind) != nil {
		return r, malformed("type is not a string: %s", clip(kind))
	}
	return r, nil
}

// isReply tells whether the body answers something. Answering that could go on for ever.
func (r request) isReply() bool { return present(r.fields["in_reply_to"]) }

// field returns a field that the request must have, without spaces. It may be null.
func (r request) field(name string) (json.RawMessage, *node.RPCError) {
	raw, ok := r.fields[name]
	if !ok {
		return nil, malformed("%s without %q", r.kind, name)
	}
	return compact(raw), nil
}

// flag returns a field that may be true, false, null or missing; the last two are false.
func (r request) flag(name string) (bool, *node.RPCError) {
	raw := r.fields[name]
	if !present(raw) {
		return false, nil
	}
	var v bool
	if json.Unmarshal(raw, &v) != nil {
		return false, malformed("%s is not a boolean: %s", name, clip(raw))
	}
	return v, nil
}

// answer returns the reply of a request that was carried out. It is put together by hand because
// encoding/json would rewrite the values in it.
func (r request) answer(p payload) json.RawMessage {
	b := append([]byte(`{"type":"`), r.kind...) // a kind that somebody served needs no escapes
	b = append(b, `_ok"`...)
	if r.id != nil {
		b = append(append(b, `,"in_reply_to":`...), r.id...)
	}
	if p.value != nil {
		b = append(append(b, `,"`...), p.field...)
		b = append(append(b, `":`...), p.value...)
	}
	return append(b, '}')
}

// refuse returns the error reply.
func (r request) refuse(fault *node.RPCError) json.RawMessage {
	b, err := json.Marshal(struct {
		Type      string          `json:"type"`
		InReplyTo json.RawMessage `json:"in_reply_to,omitempty"`
		Code      int             `json:"code"`
		Text      string          `json:"text"`
	}{"error", r.id, fault.Code, fault.Text})
	if err != nil { // never: the id is an integer, and any string marshals
		return nil
	}
	return b
}

// unsupported returns the error for a type that the service does not know.
func (r request) unsupported(want string) *node.RPCError {
	return node.NewRPCError(node.NotSupported, fmt.Sprintf("no request type %s: want %s", clip(r.fields["type"]), want))
}

func malformed(format string, args ...any) *node.RPCError {
	return node.NewRPCError(node.MalformedRequest, fmt.Sprintf(format, args...))
}

// present tells whether a field is there and not null.
func present(raw json.RawMessage) bool { return raw != nil && string(raw) != "null" }

// isInteger tells whether raw, which is JSON, is a number without fraction and exponent.
func isInteger(raw json.RawMessage) bool {
	return (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9') && !bytes.ContainsAny(raw, ".eE")
}
