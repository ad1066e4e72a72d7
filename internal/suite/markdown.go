package suite

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"glomers/internal/wording"
)

// maxSummary is the size up to which cases are explained, in bytes. A job summary of GitHub may have 1 MiB, and a larger one
// is not shown at all.
const maxSummary = 768 << 10

// Markdown returns the summary: the table, and why cases did not pass or have warnings. It is for GitHub's and GitLab's Markdown.
func (s Suite) Markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s: %s\n\n", words(s.Name), s.tally())
	for i, row := range s.Table {
		for _, cell := range row {
			fmt.Fprintf(&b, "| %s ", words(cell))
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	for _, note := range s.Notes {
		fmt.Fprintf(&b, "\n%s\n", words(note))
	}
	left := 0
	for _, c := range s.Cases {
		text := c.markdown(s.Dir)
		if b.Len()+len(text) > maxSummary {
			left++
			continue
		}
		b.WriteString(text)
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s more would make this summary too long to be shown.\n", wording.Plural(left, "case"))
	}
	return []byte(b.String())
}

// tally counts the cases that passed, of those that are judged.
func (s Suite) tally() string {
	if all := len(s.Cases) - s.Count(Skipped); all > 0 {
		return fmt.Sprintf("%d/%d passed", s.Count(Passed), all)
	}
	return "nothing was judged"
}

// markdown explains a case. It is "" if there is nothing to explain.
func (c Case) markdown(dir string) string {
	state := " open"
	switch {
	case c.Status == Skipped, c.Status == Passed && len(c.Warnings) == 0:
		return ""
	case c.Status == Passed:
		state = ""
	}
	text := c.explanation()
	fence := strings.Repeat("`", max(3, longest(text)+1))
	links := ""
	for _, l := range c.Links {
		links += l.markdown(dir)
	}
	return fmt.Sprintf("\n<details%s><summary>%s: %s</summary>\n\n%s text\n%s\n%[4]s\n%[6]s\n</details>\n",
		state, html.EscapeString(line(c.Name)), html.EscapeString(line(c.Verdict)), fence, text, links)
}

// markdown returns the link as an item of a list, for a summary in dir. It is "" if no relative path leads there.
func (l Link) markdown(dir string) string {
	address := l.address(dir)
	if address == "" {
		return ""
	}
	return fmt.Sprintf("\n* [%s](<%s>)\n", words(l.Text), address)
}

// longest returns the length of the longest run of backticks in a text.
func longest(text string) int {
	most, run := 0, 0
	for _, r := range text {
		run++
		if r != '`' {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// entity matches the characters that are written as entities, because they mean something to Markdown or HTML.
var entity = regexp.MustCompile("[&<>\"'\\\\`*_{}\\[\\]#|~!$@]")

// words escapes text that is to stand in a paragraph, a heading or a cell as it is. Markdown does not interpret what an entity
// stands for.
func words(text string) string {
	return entity.ReplaceAllStringFunc(line(text), func(c string) string { return fmt.Sprintf("&#%d;", c[0]) })
}
