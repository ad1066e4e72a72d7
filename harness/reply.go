package harness

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
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
