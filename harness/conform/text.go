package conform

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// width is the width of the table, in columns.
const width = 80

// WriteText writes the table of all checks, and then each failure with the lines sent, the lines received, and why it matters.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	program := strings.Join(append([]string{r.Path}, r.Args...), " ")
	b.WriteByte('\n')
	paragraph(&b, "", clip([]byte(program))+", "+r.described())
	b.WriteByte('\n')
	for _, result := range r.Results {
		fmt.Fprintf(&b, "%-4s  %-6s  %-18s  %s\n", marks[result.Status], result.Level, result.Name, result.About)
	}
	for _, result := range r.Results {
		if result.Status == Failed {
			result.explain(&b)
		}
	}
	if len(r.Left) > 0 {
		b.WriteByte('\n')
	}
	for _, left := range r.Left {
		paragraph(&b, "", "warning: "+left)
	}
	r.sumUp(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// described says which workload's requests were used.
func (r Report) described() string {
	switch {
	case r.Workload == "":
		return "which serves no workload that was recognised: see -w"
	case len(r.Others) > 0:
		return fmt.Sprintf("which serves %s (and %s: see -w)", r.Workload, strings.Join(r.Others, ", "))
	default:
		return "which serves " + r.Workload
	}
}

// marks stand for the outcomes in the table.
var marks = map[Status]string{Passed: "ok", Failed: "FAIL", NotApplicable: "-"}

// Explanation returns the text about a check that failed, as in WriteText.
func (r Result) Explanation() string {
	var b strings.Builder
	r.explain(&b)
	return b.String()
}

func (r Result) explain(b *strings.Builder) {
	fmt.Fprintf(b, "\nFAIL %s, %s: %s\n", r.Name, r.Level, r.About)
	paragraph(b, "  failed    ", r.Reason)
	writeLines(b, "sent", r.Sent)
	writeLines(b, "received", r.Received)
	paragraph(b, "  why       ", r.Why)
}

// writeLines writes lines, the first of them after a title.
func writeLines(b *strings.Builder, title string, lines []string) {
	for _, line := range lines {
		fmt.Fprintf(b, "  %-8s  %s\n", title, line)
		title = ""
	}
}

// paragraph writes text after a title, and breaks it at spaces. Later lines have the same indentation as the first.
func paragraph(b *strings.Builder, title, text string) {
	line := title
	for i, word := range strings.Fields(text) {
		if i > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", len(title)) + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
}

// sumUp counts the outcomes of each level, and names the checks that were not applicable.
func (r Report) sumUp(b *strings.Builder) {
	b.WriteByte('\n')
	for level := range levelNames {
		passed, failed := 0, 0
		for _, result := range r.Results {
			switch {
			case result.Level != Level(level):
			case result.Status == Passed:
				passed++
			case result.Status == Failed:
				failed++
			}
		}
		fmt.Fprintf(b, "%-6s  %d passed, %d failed\n", Level(level), passed, failed)
	}
	var reasons []string
	checks := map[string][]string{}
	for _, result := range r.Results {
		if result.Status != NotApplicable {
			continue
		}
		if checks[result.Reason] == nil {
			reasons = append(reasons, result.Reason)
		}
		checks[result.Reason] = append(checks[result.Reason], result.Name)
	}
	for _, reason := range reasons {
		paragraph(b, "-       ", fmt.Sprintf("%s: not applicable, %s", strings.Join(checks[reason], ", "), reason))
	}
}

// Markdown returns the table of all checks for a page.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| check | level | the node… | why it matters |\n|---|---|---|---|\n")
	for _, c := range Checks() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Name, c.Level, c.About, strings.ReplaceAll(c.Why, "|", `\|`))
	}
	return b.String()
}
