package service

import (
	"encoding/json"
	"fmt"

	"glomers/node"
)

// A request is a body taken apart.
type request struct {
	kind   string                     // its type
	id     json.RawMessage            // its msg_id, whatever that is; null if it has none
	fields map[string]json.RawMessage // the whole body
}

var null = json.RawMessage("null")

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
		return request{id: null}, malformed("body is not a JSON object: %s", clip(body))
	}
	r.id = r.field("msg_id")
	kind := r.fields["type"]
	if kind == nil {
		return r, malformed("type is missing")
	}
	if kind[0] != '"' || json.Unmarshal(kind, &r.kind) != nil {
		return r, malformed("type is not a string: %s", clip(kind))
	}
	return r, nil
}

// isReply tells whether the body says that it answers something. Telling its sender that it is no request could go on for
// ever: the sender may be another service, as any party's id may stand in src.
func (r request) isReply() bool { return r.fields["in_reply_to"] != nil }

// field returns a field's value without spaces. What is missing is null, as in the reference: a client in JavaScript cannot
// tell the two apart, since JSON.stringify leaves out what is undefined.
func (r request) field(name string) json.RawMessage {
	if raw, ok := r.fields[name]; ok {
		return compact(raw)
	}
	return null
}

// flag tells whether a field is set: to anything but false and null.
func (r request) flag(name string) bool {
	raw := string(r.field(name))
	return raw != "null" && raw != "false"
}

// answer returns the reply of a request that was carried out. It is put together by hand because
// encoding/json would rewrite the values in it.
func (r request) answer(p payload) json.RawMessage {
	b := append([]byte(`{"type":"`), r.kind...) // a kind that somebody served needs no escapes
	b = append(b, `_ok","in_reply_to":`...)
	b = append(b, r.id...)
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
		InReplyTo json.RawMessage `json:"in_reply_to"`
		Code      int             `json:"code"`
		Text      string          `json:"text"`
	}{"error", r.id, fault.Code, fault.Text})
	if err != nil { // never: the id is JSON, and any string marshals
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
