package service

import (
	"encoding/json"
	"fmt"

	"glomers/node"
)

// A request is the parsed body of a message.
type request struct {
	kind   string                     // its type
	id     json.RawMessage            // its msg_id, of any type; null if it is missing
	fields map[string]json.RawMessage // the whole body
}

var null = json.RawMessage("null")

// A payload is the extra field of a reply. If value is nil, the reply has none.
type payload struct {
	field string
	value json.RawMessage
}

// parseRequest parses a body. If it returns an error, the request still holds the fields read before the error, so that the error
// reply can have an in_reply_to.
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

// isReply reports whether the body has an in_reply_to. A service must not answer such a body with an error: a node may write any
// party's id as src, so the sender may seem to be another service, and two services could send each other errors for ever.
func (r request) isReply() bool { return r.fields["in_reply_to"] != nil }

// field returns the value of a field, without spaces. A missing field is null, as in the reference: a client in JavaScript cannot
// distinguish the two, since JSON.stringify leaves out undefined fields.
func (r request) field(name string) json.RawMessage {
	if raw, ok := r.fields[name]; ok {
		return compact(raw)
	}
	return null
}

// flag reports whether a field is set to a value other than false and null.
func (r request) flag(name string) bool {
	raw := string(r.field(name))
	return raw != "null" && raw != "false"
}

// answer returns the reply to a successful request. It does not use encoding/json, which would rewrite the values in the reply.
func (r request) answer(p payload) json.RawMessage {
	b := append([]byte(`{"type":"`), r.kind...) // the types that a service knows need no escapes
	b = append(b, `_ok","in_reply_to":`...)
	b = append(b, r.id...)
	if p.value != nil {
		b = append(append(b, `,"`...), p.field...)
		b = append(append(b, `":`...), p.value...)
	}
	return append(b, '}')
}

// refuse returns the error reply to a request.
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
