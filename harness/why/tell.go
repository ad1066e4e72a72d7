package why

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// maxTold is how many causes Tell tells.
const maxTold = 3

// Tell returns the first causes with their pictures as text of 80 columns, and counts the others. It is "" without causes. Texts are escaped.
func Tell(causes []Cause) string {
	var b strings.Builder
	for _, c := range causes[:min(len(causes), maxTold)] {
		b.WriteByte('\n')
		hang(&b, "  why: ", c.Headline)
		for _, s := range c.Story {
			hang(&b, fmt.Sprintf("    %8s  ", seconds(s.At)), s.Text)
		}
		hang(&b, "    So: ", c.So)
		if c.Others != "" {
			hang(&b, "    Also: ", c.Others)
		}
		if picture := c.Picture().Text(true); picture != "" {
			b.WriteString("\n" + picture)
		}
	}
	if more := len(causes) - maxTold; more > 0 {
		fmt.Fprintf(&b, "\n  and %s: results.json has them under \"why\"\n", wording.Plural(more, "more cause"))
	}
	return b.String()
}

// hang writes a text behind a label in lines of at most 80 columns, and indents those after the first by the width of the label.
func hang(b *strings.Builder, label, text string) {
	indent := utf8.RuneCountInString(label)
	lines := wording.Wrap(terminal.Line(text), maxWidth-indent, "")
	b.WriteString(label + strings.ReplaceAll(lines, "\n", "\n"+strings.Repeat(" ", indent)) + "\n")
}
