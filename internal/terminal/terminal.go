// Package terminal escapes untrusted text, so that it cannot control the terminal on which it is shown. Names, values and
// errors come from node programs and from files; an escape sequence in them could move the cursor, change the title, or
// forge a verdict.
//
// The following are escaped, as in a Go string:
//
//   - the control characters: C0 (except line feed and tab where they are allowed), DEL and C1,
//   - the characters that change the direction of text, break lines, or are invisible,
//   - bytes that are not valid UTF-8.
package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Escape escapes text that may have several lines and columns.
func Escape(text string) string {
	if safe(text, false) {
		return text
	}
	return string(appendEscaped(nil, []byte(text), false))
}

// Line escapes text that must stay on its line and in its column: line feeds and tabs are escaped, too.
func Line(text string) string {
	if safe(text, true) {
		return text
	}
	return string(appendEscaped(nil, []byte(text), true))
}

// JSON returns an equivalent JSON text, with JSON's own escapes: characters that encoding/json leaves unescaped in strings
// are enough to control a terminal. Bytes that are not valid UTF-8 become U+FFFD.
func JSON(text []byte) []byte {
	if safe(string(text), false) {
		return text
	}
	var b []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		case r >= ' ' && unsafe(r) && r > 0xffff:
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		case r >= ' ' && unsafe(r): // below a space, valid JSON has only white space
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, text[:size]...)
		}
		text = text[size:]
	}
	return b
}

// A Writer escapes text as Escape does and passes it on. It may be used concurrently.
type Writer struct {
	w        io.Writer
	coloured bool

	mu   sync.Mutex
	rest []byte // the start of a character whose end has not been written yet
}

// NewWriter returns a Writer that writes to w. If w is coloured, it is a terminal on which a Text may have colours.
func NewWriter(w io.Writer, coloured bool) *Writer { return &Writer{w: w, coloured: coloured} }

// Write writes text. It keeps back the last bytes if they may be the start of a character.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := append(w.rest, text...)
	whole := len(all) - unfinished(all)
	w.rest = append([]byte(nil), all[whole:]...)
	if err := w.put(all[:whole]); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Flush writes the bytes that Write kept back, as invalid UTF-8.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.rest
	w.rest = nil
	return w.put(rest)
}

// print writes a text that has been escaped, and perhaps coloured, already.
func (w *Writer) print(text string) error {
	if err := w.Flush(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := io.WriteString(w.w, text)
	return err
}

func (w *Writer) put(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if !safe(string(text), false) {
		text = appendEscaped(nil, text, false)
	}
	_, err := w.w.Write(text)
	return err
}

// unfinished returns the number of bytes at the end of a text that are the start of a character.
func unfinished(text []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(text)); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// safe reports whether the text needs no escaping.
func safe(text string, line bool) bool {
	for i, r := range text {
		if unsafe(r) || line && (r == '\n' || r == '\t') {
			return false
		}
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}

// unsafe reports whether a character is always escaped.
func unsafe(r rune) bool {
	switch {
	case r < ' ':
		return r != '\n' && r != '\t'
	case r < 0x7f:
		return false
	case r < 0xa0: // DEL and C1
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069: // direction
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff, 0xe0000 <= r && r <= 0xe007f: // lines, the byte-order mark, tags
		return true
	}
	return false
}

func appendEscaped(b, text []byte, line bool) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			b = fmt.Appendf(b, `\x%02x`, text[0])
		case line && r == '\n':
			b = append(b, `\n`...)
		case line && r == '\t':
			b = append(b, `\t`...)
		case !unsafe(r):
			b = append(b, text[:size]...)
		case r == '\r':
			b = append(b, `\r`...)
		case r < 0x80:
			b = fmt.Appendf(b, `\x%02x`, r)
		case r > 0xffff:
			b = fmt.Appendf(b, `\U%08x`, r)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
		text = text[size:]
	}
	return b
}
