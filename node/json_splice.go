package node

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// A reserved holds the protocol's own fields of a body and their values. The zero value
// sets none of them.
type reserved struct {
	typ                    string // "" leaves the body's type alone
	msgID, inReplyTo       int64
	hasMsgID, hasInReplyTo bool
}

// spliceBody appends the JSON object body to dst with the reserved fields set: they
// come first, and members of the same names are left out. All other bytes are
// copied as they are, so no number loses a digit; a line break in the body's
// white space, which json.Marshal never makes, would break the line as well.
// If body is not an object, dst is returned as it was.
func spliceBody(dst, body []byte, r reserved) ([]byte, error) {
	c := cursor{data: body}
	c.begin()
	c.enter()

	out := r.appendTo(append(dst, '{'))
	empty := len(out) == len(dst)+1

	start := c.pos  // of what is not copied yet
	before := c.pos // end of the previous member
	for first := true; c.next(); first = false {
		c.skip()
		if r.sets(c.key) {
			out = append(out, body[start:before]...)
			start = c.pos
		} else if first && !empty {
			out = append(out, ',') // later members bring their own
		}
		before = c.pos
	}
	end := c.pos
	c.finish()
	if c.err != nil {
		return dst, c.err
	}
	return append(out, body[start:end]...), nil
}

// sets reports whether r has a field of this name.
func (r *reserved) sets(key []byte) bool {
	switch string(key) {
	case "type":
		return r.typ != ""
	case "msg_id":
		return r.hasMsgID
	case "in_reply_to":
		return r.hasInReplyTo
	}
	return false
}

// appendTo appends the fields with commas between them.
func (r *reserved) appendTo(dst []byte) []byte {
	none := len(dst)
	if r.typ != "" {
		dst = append(dst, `"type":`...)
		dst = appendString(dst, r.typ)
		dst = append(dst, ',')
	}
	if r.hasMsgID {
		dst = append(dst, `"msg_id":`...)
		dst = strconv.AppendInt(dst, r.msgID, 10)
		dst = append(dst, ',')
	}
	if r.hasInReplyTo {
		dst = append(dst, `"in_reply_to":`...)
		dst = strconv.AppendInt(dst, r.inReplyTo, 10)
		dst = append(dst, ',')
	}
	if len(dst) == none {
		return dst
	}
	return dst[:len(dst)-1]
}

// appendString appends s as a JSON string, with the escapes that encoding/json
// uses when it need not be safe inside HTML.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			return appendEscaped(dst, s)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// appendEscaped is appendString for strings that are not plain ASCII: rare among the names of nodes and
// types.
func appendEscaped(dst []byte, s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// It cannot fail: s is a string and b a buffer. The copy lets other strings stay on their callers' stacks.
	_ = enc.Encode(strings.Clone(s))
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
