package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// A quoted is a string as it stands in a JSON text, with its quotes.
type quoted []byte

// text returns the string decoded as encoding/json does: bytes that are not UTF-8, and
// surrogates without their other half, become U+FFFD. A string without escapes, as
// nearly all are, is returned as a part of the JSON text.
func (q quoted) text() []byte {
	plain := q[1 : len(q)-1]
	for _, c := range plain {
		if c == '\\' || c >= utf8.RuneSelf {
			return q.decode()
		}
	}
	return plain
}

// decode is text for strings that are not plain ASCII.
func (q quoted) decode() []byte {
	plain := q[1 : len(q)-1]
	if bytes.IndexByte(plain, '\\') < 0 && utf8.Valid(plain) {
		return plain
	}
	var s string
	_ = json.Unmarshal(q, &s) // cannot fail: skipString has checked it
	return []byte(s)
}

// A cursor reads a JSON text from left to right, entering the objects that the
// caller cares about and skipping everything else:
//
//	c := cursor{data: text}
//	c.begin()
//	c.enter()
//	for c.next() {
//		if c.is("src") { c.text(&src) } else { c.skip() }
//	}
//	c.finish()
//
// After next the caller must take the member's value, once. The first syntax
// error is kept in err and ends every loop, so it need be looked at only once.
// A value of the wrong type is not a syntax error: the methods that decode return
// an error for it and continue after the value.
type cursor struct {
	data  []byte
	pos   int    // of the next byte to read
	depth int    // number of objects entered and not left
	first bool   // the object was just entered: the next member has no comma
	key   []byte // of the current member, decoded
	err   error
}

// begin goes to the value of the text.
func (c *cursor) begin() {
	c.pos = skipSpace(c.data, c.pos)
}

// finish checks that nothing but white space follows the value.
func (c *cursor) finish() {
	if c.err != nil {
		return
	}
	if c.pos = skipSpace(c.data, c.pos); c.pos < len(c.data) {
		c.err = syntaxError(c.data, c.pos, "nothing after the value")
	}
}

// peek returns the first byte of the value, or 0 at the end of the text.
func (c *cursor) peek() byte {
	if c.pos >= len(c.data) {
		return 0
	}
	return c.data[c.pos]
}

// enter enters the object at the cursor. Anything else there is a syntax error.
func (c *cursor) enter() {
	if c.peek() != '{' {
		c.err = syntaxError(c.data, c.pos, "an object")
		return
	}
	c.pos++
	c.depth++
	c.first = true
}

// next goes to the value of the object's next member and sets key. After the last
// member it leaves the object and returns false.
func (c *cursor) next() bool {
	if c.err != nil {
		return false
	}
	c.pos = skipSpace(c.data, c.pos)
	switch {
	case c.peek() == '}':
		c.pos++
		c.depth--
		c.first = false
		return false
	case c.first:
		c.first = false
	case c.peek() == ',':
		c.pos = skipSpace(c.data, c.pos+1)
	default:
		c.err = syntaxError(c.data, c.pos, "',' or '}'")
		return false
	}
	var key quoted
	if c.pos, key, c.err = skipKey(c.data, c.pos); c.err != nil {
		return false
	}
	c.key = key.text()
	return true
}

// is reports whether encoding/json would store the member in a field of this
// name: the key is the name or differs only in case. That goes by Unicode's
// simple folding, under which "ſrc" is "src".
func (c *cursor) is(name string) bool {
	return string(c.key) == name || bytes.EqualFold(c.key, []byte(name))
}

// skip skips the value and returns it as it stands in the text.
func (c *cursor) skip() []byte {
	start := c.pos
	c.pos, c.err = skipValue(c.data, c.pos, c.depth)
	return c.data[start:c.pos]
}

// text decodes a string into dst; null leaves dst as it is.
func (c *cursor) text(dst *[]byte) error {
	start := c.pos
	value := c.skip()
	switch {
	case c.err != nil, value[0] == 'n':
		return nil
	case value[0] == '"':
		*dst = quoted(value).text()
		return nil
	}
	return wrongType(string(c.key), start, value, "a string")
}

// integer decodes an integer into dst and sets has; null clears both. As for
// encoding/json, 1.0 and 1e2 are not integers.
func (c *cursor) integer(dst *int64, has *bool) error {
	start := c.pos
	value := c.skip()
	if c.err != nil {
		return nil
	}
	if value[0] == 'n' {
		*dst, *has = 0, false
		return nil
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return wrongType(string(c.key), start, value, "a 64-bit integer")
	}
	*dst, *has = n, true
	return nil
}

// wrongType returns the error for a value at byte start that is of the wrong type for the field named.
func wrongType(name string, start int, value []byte, want string) error {
	return fmt.Errorf("node: %s at byte %d is %.32s, want %s", name, start, value, want)
}
