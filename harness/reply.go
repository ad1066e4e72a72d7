package harness

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/harness/internal/jsonvalue"
	"glomers/harness/workload"
	"glomers/internal/wording"
	"glomers/node"
)

// receive accepts a message to the client at the time at. It ignores all messages except the reply that the client waits for:
// late replies, duplicate replies, and requests. It records ignored messages, so that a client without a reply can report what
// came instead.
func (c *client) receive(at stamp, body json.RawMessage) {
	if c.waiting == 0 {
		return
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields) // cannot fail: body is known to be an object
	id, has := fields["in_reply_to"]
	if string(id) == strconv.FormatInt(c.waiting, 10) {
		c.settle(reply{body: body})
		return
	}
	c.ignored = noteUnmatched(c.ignored, Unmatched{
		Node: c.node, Problem: mismatch(id, has, c.waiting), Count: 1, Client: c.id, Time: at, Example: wording.ClipCounted(body, exampleWidth),
	})
}

// mismatch explains why a message does not answer the request want. It leaves out a value that would be different for each
// message, so that messages with the same problem can be counted together.
func mismatch(id json.RawMessage, has bool, want int64) string {
	n, err := strconv.ParseInt(string(id), 10, 64)
	switch {
	case !has:
		return "it has no in_reply_to"
	case err == nil && 0 < n && n < want:
		return "its in_reply_to is that of an earlier request"
	case err == nil:
		return "its in_reply_to is not a msg_id that the client has used"
	}
	return fmt.Sprintf("its in_reply_to is %s, not an integer", jsonvalue.Kind(id))
}

// decodeReply decodes body, which must be a reply of type wantType, into the value that into points to. The errors are those of
// replyFields. It accepts fields that the type of into does not have; refusing them is up to the workload.
func decodeReply(body json.RawMessage, wantType string, into any) error {
	fields, err := replyFields(body, wantType)
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

// replyFields returns the fields of a reply, which must have type wantType. The errors are *node.RPCError and
// *workload.UncodedError, for an error reply, and *workload.MalformedReply. For init_ok, the reference checks no more than
// this.
func replyFields(body json.RawMessage, wantType string) (map[string]json.RawMessage, error) {
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
