package terminal

import (
	"io"
	"strings"
)

// A Style makes text stand out on a terminal that shows colours. Nothing may depend on it: elsewhere, the text is plain.
type Style string

// The styles, as parameters of SGR (ECMA-48).
const (
	Plain Style = ""
	Bold  Style = "1"
	Faint Style = "2"
	Alarm Style = "1;31" // bold and red
)

// A Text collects escaped text, in parts with a style. The zero value has no colours.
type Text struct {
	b        strings.Builder
	coloured bool
}

// NewText returns a Text for w. It has colours if w is a Writer with colours.
func NewText(w io.Writer) *Text {
	to, ok := w.(*Writer)
	return &Text{coloured: ok && to.coloured}
}

// Write adds a text, which Escape escapes. It never fails.
func (t *Text) Write(text []byte) (int, error) {
	t.b.WriteString(Escape(string(text)))
	return len(text), nil
}

// Add adds a text in a style, as it has been escaped by Escape.
func (t *Text) Add(s Style, text string) {
	text = Escape(text)
	if !t.coloured || s == Plain {
		t.b.WriteString(text)
		return
	}
	for line := range strings.Lines(text) { // a style ends with its line, so that a line can be printed by itself
		end := strings.TrimRight(line, "\n")
		t.b.WriteString("\x1b[" + string(s) + "m" + end + "\x1b[0m" + line[len(end):])
	}
}

// String returns the text.
func (t *Text) String() string { return t.b.String() }

// Len returns the number of bytes of the text.
func (t *Text) Len() int { return t.b.Len() }

// Print writes the text to w: the one that NewText got, or any other if the text has no colours.
func (t *Text) Print(w io.Writer) error {
	if to, ok := w.(*Writer); ok {
		return to.print(t.String())
	}
	_, err := io.WriteString(w, t.String())
	return err
}
