package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// arraySource returns a source of the operations in a JSON array.
func arraySource(b *bufio.Reader, limit int) source {
	a := &array{r: b, limit: limit, line: 1}
	return func() (record, int, error) {
		element, line, err := a.next()
		if err != nil {
			return record{}, line, err
		}
		r, err := parseJSON(element)
		return r, line, err
	}
}

// An array splits a JSON array into its elements, without holding the whole array. It only finds the ends of the elements.
type array struct {
	r      *bufio.Reader
	limit  int    // the maximum size of an element, in bytes
	line   int    // the current line, from 1
	inside bool   // after the opening bracket
	buf    []byte // the element
}

var errUnfinished = errors.New("the text ends within the array")

// next returns the next element and the line on which it begins. The element is valid until the next call.
func (a *array) next() (element []byte, line int, err error) {
	c, err := a.skip()
	if !a.inside && c == '[' {
		a.inside = true
		if c, err = a.skip(); err == nil && c != ']' {
			return a.element(c)
		}
	} else if err == nil && c == ',' {
		if c, err = a.skip(); err == nil {
			return a.element(c)
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, a.line, errUnfinished
	case err != nil:
		return nil, a.line, err
	case c != ']':
		return nil, a.line, fmt.Errorf("%q: want a comma, or the end of the array", c)
	}
	if c, err := a.skip(); err == nil {
		return nil, a.line, fmt.Errorf("%q after the end of the array", c)
	}
	return nil, 0, io.EOF
}

// skip returns the next byte that is not white space.
func (a *array) skip() (byte, error) {
	for {
		c, err := a.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case '\n':
			a.line++
		case ' ', '\t', '\r':
		default:
			return c, nil
		}
	}
}

// element returns the element that begins with c.
func (a *array) element(c byte) ([]byte, int, error) {
	a.buf = a.buf[:0]
	begin, depth, quoted, escaped := a.line, 0, false, false
	for {
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped = c == '\\'
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
		case (c == ',' || c == ']') && depth == 0:
			return a.buf, begin, a.r.UnreadByte()
		case c == '}' || c == ']':
			depth--
		}
		if c == '\n' {
			a.line++
		}
		if a.buf = append(a.buf, c); len(a.buf) > a.limit {
			return nil, begin, tooLong(a.limit)
		}
		var err error
		if c, err = a.r.ReadByte(); errors.Is(err, io.EOF) {
			return nil, a.line, errUnfinished
		} else if err != nil {
			return nil, a.line, err
		}
	}
}
