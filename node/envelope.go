package node

import (
	"cmp"
	"errors"
)

// An envelope is the part of a message that the runtime itself needs; a handler decodes
// the rest from body. The slices are parts of the line, or copies where a string
// had to be decoded. They hold what encoding/json stores in Message and, from its
// body, in
//
//	struct {
//		Type      string `json:"type"`
//		MsgID     *int64 `json:"msg_id"`
//		InReplyTo *int64 `json:"in_reply_to"`
//	}
type envelope struct {
	src, dest, typ []byte
	body           []byte // raw JSON, without the white space around it
	now            []byte // raw JSON: the virtual time of the line; nil without one

	msgID, inReplyTo       int64
	hasMsgID, hasInReplyTo bool // 0 is an identifier like any other
}

// scanEnvelope reads a line in one pass. It accepts exactly the lines that
// encoding/json decodes into a Message whose body it decodes into the struct above.
// After an error of syntax the envelope is empty. Where only some values have the
// wrong type, it holds the others, so that the sender may be told.
func scanEnvelope(line []byte) (envelope, error) {
	var e envelope
	var headErr, bodyErr error
	c := cursor{data: line}
	c.begin()
	c.enter()
	for c.next() {
		switch {
		case c.is("src"):
			headErr = cmp.Or(headErr, c.text(&e.src))
		case c.is("dest"):
			headErr = cmp.Or(headErr, c.text(&e.dest))
		case c.is("body"):
			// The last body counts. In earlier ones only the syntax matters.
			e = envelope{src: e.src, dest: e.dest, now: e.now}
			bodyErr = e.scanBody(&c)
		case string(c.key) == "now":
			e.now = c.skip()
		default:
			c.skip()
		}
	}
	c.finish()
	if c.err != nil {
		return envelope{}, c.err
	}
	if e.body == nil {
		return e, cmp.Or(headErr, errors.New("node: message without a body"))
	}
	return e, cmp.Or(headErr, bodyErr)
}

// scanBody reads a message's body alone, in the manner of scanEnvelope; src and dest stay empty.
func scanBody(body []byte) (envelope, error) {
	var e envelope
	c := cursor{data: body}
	c.begin()
	err := e.scanBody(&c)
	c.finish()
	if c.err != nil {
		return envelope{}, c.err
	}
	return e, err
}

// scanBody reads the value at the cursor as the body. Its error is that of a value of the
// wrong type; errors of syntax stay in c. A null body counts as a body without fields.
func (e *envelope) scanBody(c *cursor) (err error) {
	start := c.pos
	switch c.peek() {
	case '{':
		c.enter()
		for c.next() {
			switch {
			case c.is("type"):
				err = cmp.Or(err, c.text(&e.typ))
			case c.is("msg_id"):
				err = cmp.Or(err, c.integer(&e.msgID, &e.hasMsgID))
			case c.is("in_reply_to"):
				err = cmp.Or(err, c.integer(&e.inReplyTo, &e.hasInReplyTo))
			default:
				c.skip()
			}
		}
	case 'n':
		c.skip()
	default:
		err = wrongType("body", start, c.skip(), "an object")
	}
	e.body = c.data[start:c.pos]
	return err
}
