package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Forms splits EDN text into pieces, without holding the whole text. A piece ends where an outermost bracket closes. Since
// operations are maps, a piece has one value, unless the text has something else between operations. Forms removes a vector
// or list around the whole text.
type forms struct {
	r       *bufio.Reader
	limit   int  // the maximum size of a piece, in bytes
	line    int  // the current line, from 1
	begun   bool // enter has been called
	closing byte // the closing bracket of the vector or list around the whole text; 0 if there is none
	buf     []byte
}

// next returns the next piece, and the line on which it begins. At the end of the text the error is io.EOF.
func (f *forms) next() (piece string, line int, err error) {
	if !f.begun {
		f.begun = true
		if err := f.enter(); err != nil {
			return "", f.line, err
		}
	}
	f.buf = f.buf[:0]
	line = f.line
	for depth := 0; ; {
		c, err := f.byte()
		if errors.Is(err, io.EOF) {
			return f.end(line)
		}
		if err != nil {
			return "", f.line, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', ',':
			if depth == 0 && len(f.buf) == 1 { // before the piece
				f.buf, line = f.buf[:0], f.line
			}
		case '"':
			err = f.through('"')
		case ';':
			err = f.through('\n')
		case '\\': // a character, perhaps a bracket
			_, err = f.byte()
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 && c == f.closing {
				f.closing = 0
				f.buf = f.buf[:len(f.buf)-1]
				return f.last(line)
			}
			if depth--; depth <= 0 {
				return string(f.buf), line, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return f.end(line)
		}
		if err != nil {
			return "", line, err
		}
	}
}

// enter removes the opening bracket around the whole text, if there is one.
func (f *forms) enter() error {
	for {
		c, err := f.byte()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case c == ';':
			if err := f.through('\n'); err != nil && !errors.Is(err, io.EOF) {
				return err
			}
		case c == '[':
			f.closing = ']'
			return nil
		case c == '(':
			f.closing = ')'
			return nil
		case strings.IndexByte(" \t\r\n,", c) < 0:
			return f.r.UnreadByte()
		}
	}
}

// byte returns the next byte and adds it to the piece.
func (f *forms) byte() (byte, error) {
	c, err := f.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if c == '\n' {
		f.line++
	}
	if f.buf = append(f.buf, c); len(f.buf) > f.limit {
		return 0, tooLong(f.limit)
	}
	return c, nil
}

// through reads up to and including the byte that ends a string or a comment.
func (f *forms) through(last byte) error {
	for {
		c, err := f.byte()
		if err == nil && c == '\\' && last == '"' {
			_, err = f.byte()
			c = 0
		}
		if err != nil || c == last {
			return err
		}
	}
}

// end returns the rest when the text has ended. If the rest is incomplete, the decoder reports the error.
func (f *forms) end(line int) (string, int, error) {
	switch {
	case len(f.buf) > 0:
		return string(f.buf), line, nil
	case f.closing != 0:
		return "", f.line, fmt.Errorf("the text ends before %q", f.closing)
	}
	return "", 0, io.EOF
}

// last returns the rest before the end of the vector or list around the whole text. Nothing but space and comments may follow.
func (f *forms) last(line int) (string, int, error) {
	piece := string(f.buf)
	f.buf = f.buf[:0]
	for {
		c, err := f.byte()
		switch {
		case errors.Is(err, io.EOF):
			f.buf = f.buf[:0]
			return piece, line, nil
		case err != nil:
			return "", f.line, err
		case c == ';':
			if err := f.through('\n'); err != nil && !errors.Is(err, io.EOF) {
				return "", f.line, err
			}
		case strings.IndexByte(" \t\r\n,", c) < 0:
			return "", f.line, fmt.Errorf("%q after the end of the vector", c)
		}
	}
}
