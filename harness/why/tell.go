package why

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// Told is how many causes are told, unless all are.
const Told = 3

// A Telling is a way to tell causes. The zero value tells the first, and not where to look at them.
type Telling struct {
	All bool // all causes
	// Look returns where to look at the n-th cause, counted from 1. It may be nil.
	Look func(n int, c Cause) string
	// Others is the command that tells the causes that were left out.
	Others string
}

// To adds the causes with their pictures to a text, in lines of 80 columns. Only what cannot be broken is longer: a place to look at.
func (t Telling) To(text *terminal.Text, causes []Cause) {
	told := causes
	if !t.All {
		told = causes[:min(len(causes), Told)]
	}
	for i, c := range told {
		if i > 0 {
			fmt.Fprintln(text)
		}
		hang(text, "  why: ", c.Headline, terminal.Alarm, terminal.Alarm)
		for _, s := range c.Story {
			hang(text, fmt.Sprintf("    %8s  ", seconds(s.At)), s.Text, terminal.Faint, terminal.Plain)
		}
		hang(text, "    So: ", c.So, terminal.Bold, terminal.Plain)
		if c.Others != "" {
			hang(text, "    Also: ", c.Others, terminal.Bold, terminal.Plain)
		}
		if picture := c.Picture().Text(); picture != "" {
			_, _ = io.WriteString(text, "\n"+picture) // it takes everything
		}
		if t.Look == nil {
			continue
		}
		if place := t.Look(i+1, c); place != "" {
			fmt.Fprintf(text, "    look at %s\n", terminal.Line(place))
		}
	}
	if more := len(causes) - len(told); more > 0 {
		fmt.Fprintf(text, "\n  and %s", wording.Plural(more, "more cause"))
		if t.Others != "" {
			fmt.Fprintf(text, ": %s", terminal.Line(t.Others))
		}
		fmt.Fprintln(text)
	}
}

// Text is To without colours. It is "" without causes.
func (t Telling) Text(causes []Cause) string {
	var text terminal.Text
	t.To(&text, causes)
	return text.String()
}

// hang adds a text behind a label in lines of at most 80 columns, and indents those after the first by the width of the label.
func hang(b *terminal.Text, label, text string, labelled, styled terminal.Style) {
	indent := utf8.RuneCountInString(label)
	lines := wording.Wrap(terminal.Line(text), maxWidth-indent, "")
	b.Add(labelled, label)
	for i, line := range strings.Split(lines, "\n") {
		if i > 0 {
			fmt.Fprint(b, "\n"+strings.Repeat(" ", indent))
		}
		b.Add(styled, line)
	}
	fmt.Fprintln(b)
}
