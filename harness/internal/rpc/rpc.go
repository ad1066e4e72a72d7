// Package rpc writes the requests of clients, and reads the replies to them as the reference does.
package rpc

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/harness/internal/jsonvalue"
	"glomers/harness/workload"
	"glomers/internal/wording"
	"glomers/node"
)

// WithMsgID marshals body, which must become a JSON object, and adds the msg_id.
func WithMsgID(body any, id int64) (json.RawMessage, error) {
	object, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if len(object) < 2 || object[0] != '{' {
		return nil, fmt.Errorf("want a JSON object, not %s", object)
	}
	b := append(make([]byte, 0, len(object)+32), object[:len(object)-1]...)
	if len(object) > 2 {
		b = append(b, ',')
	}
	b = append(b, `"msg_id":`...)
	b = strconv.AppendInt(b, id, 10)
	return append(b, '}'), nil
}

// Decode decodes body, which must be a reply of type wantType, into the value that into points to. The errors are those of
// Fields. It accepts fields that the type of into does not have; refusing them is up to the workload.
func Decode(body json.RawMessage, wantType string, into any) error {
	fields, err := Fields(body, wantType)
	if err != nil {
		return err
	}
	if id, has := fields["msg_id"]; has && !jsonvalue.IsInteger(id) {
		return malformed(body, wantType, `field "msg_id" is %s: want an integer, or no such field`, jsonvalue.Kind(id))
	}
	if raw, ok := into.(*json.RawMessage); ok {
		*raw = body // body is known to be JSON
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return malformed(body, wantType, "%v", err)
	}
	return nil
}

// Fields returns the fields of a reply, which must have type wantType. The errors are *node.RPCError and
// *workload.UncodedError, for an error reply, and *workload.MalformedReply. For init_ok, the reference checks no more than
// this.
func Fields(body json.RawMessage, wantType string) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage // not a struct: names are case-sensitive
	if json.Unmarshal(body, &fields) != nil {
		return nil, malformed(body, wantType, "want an object")
	}
	var typ string
	switch raw, has := fields["type"]; {
	case !has:
		return nil, malformed(body, wantType, `field "type" is missing`)
	case raw[0] != '"' || json.Unmarshal(raw, &typ) != nil:
		return nil, malformed(body, wantType, `field "type" is %s: want %q`, jsonvalue.Kind(raw), wantType)
	case typ == "error":
		return nil, decodeError(fields)
	case typ != wantType:
		return nil, malformed(body, wantType, `field "type" is %s: want %q`, wording.ClipCounted(raw, 40), wantType)
	}
	return fields, nil
}

func malformed(body json.RawMessage, wantType, format string, args ...any) error {
	return &workload.MalformedReply{Reply: body, Type: wantType, Problem: fmt.Sprintf(format, args...)}
}

// decodeError returns the error of an error reply. The reference looks up the code in a table of integers, so neither 20.0 nor
// "20" is the code 20. Any other fields of an error reply are allowed.
func decodeError(fields map[string]json.RawMessage) error {
	text := string(fields["text"])
	var s string
	if json.Unmarshal(fields["text"], &s) == nil {
		text = s // null becomes ""
	}
	if code, err := strconv.Atoi(string(fields["code"])); err == nil {
		return node.NewRPCError(code, text)
	}
	return &workload.UncodedError{Code: fields["code"], Text: text}
}
