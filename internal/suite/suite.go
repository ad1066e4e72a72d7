// Package suite has the outcomes of a command as test cases, and writes them in the formats of CI systems: as JUnit XML, as
// a summary in Markdown, and as a badge.
//
// Reasons and warnings quote what nodes wrote. All writers escape them: a text can neither end the element, block or cell
// that it is in, nor contain characters that control a terminal or that XML forbids.
package suite

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glomers/internal/terminal"
)

// A Status is the outcome of a case.
type Status int

// The outcomes of a case, each of them worse than the one before.
const (
	Skipped Status = iota // nothing was judged
	Passed
	Broken // the case could not be carried out, or showed too little to tell
	Failed // the node is wrong, or missed a target
)

// A Case is the outcome of one run, or of one check.
type Case struct {
	Name     string // stays the same from one execution to the next, so that a CI system can compare them
	Status   Status
	Verdict  string        // the outcome in a word or two
	Took     time.Duration // zero if unknown
	Reasons  []string      // why the case did not pass; each may have several lines
	Warnings []string
	Notes    []Note // where to look and how to repeat the case
	Links    []Link // to the causes of a failure; only the summary and the page have them
}

// A Note is a line below the reasons of a case, such as "again: glomers test …".
type Note struct{ Name, Text string }

// A Link leads to a place in a file.
type Link struct {
	Text     string
	Path     string // of the file, from the working directory or the root
	Fragment string
}

// address returns the link as a relative URL for a file in dir; "" if no relative path leads there.
func (l Link) address(dir string) string {
	from, err := filepath.Abs(dir)
	to, err2 := filepath.Abs(l.Path)
	if err = cmp.Or(err, err2); err != nil {
		return ""
	}
	path, err := filepath.Rel(from, to)
	if err != nil {
		return "" // on another drive
	}
	address := url.URL{Path: filepath.ToSlash(path), Fragment: l.Fragment}
	return address.String()
}

// A Suite is the outcomes of one command.
type Suite struct {
	Name  string // the command, such as "glomers challenge"
	Start time.Time
	Cases []Case
	Table [][]string // for the summary: a heading, and the rows
	Notes []string   // sentences about the table
	Dir   string     // in which the summary or the page will be: its links are relative to that
}

// Count returns the number of cases with a status.
func (s Suite) Count(status Status) int {
	n := 0
	for _, c := range s.Cases {
		if c.Status == status {
			n++
		}
	}
	return n
}

// Worst returns the worst status of the cases: Skipped if nothing was judged.
func (s Suite) Worst() Status {
	worst := Skipped
	for _, c := range s.Cases {
		worst = max(worst, c.Status)
	}
	return worst
}

// took returns the time that all cases took together.
func (s Suite) took() time.Duration {
	var sum time.Duration
	for _, c := range s.Cases {
		sum += c.Took
	}
	return sum
}

// headline returns the first line of the reasons, or the verdict if there are none.
func (c Case) headline() string {
	if len(c.Reasons) == 0 {
		return c.Verdict
	}
	line, _, _ := strings.Cut(c.Reasons[0], "\n")
	return line
}

// more returns the warnings and the notes, a line for each.
func (c Case) more() string {
	var b strings.Builder
	for _, w := range c.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "%s: %s\n", n.Name, n.Text)
	}
	return b.String()
}

// explanation returns all that is to be said of the case, escaped.
func (c Case) explanation() string {
	return strings.TrimRight(visible(strings.Join(append(slices.Clone(c.Reasons), c.more()), "\n")), "\n")
}

// visible escapes the characters of a text that may have several lines which no format can hold or should hold.
func visible(text string) string {
	return strings.NewReplacer("\ufffe", `\ufffe`, "\uffff", `\uffff`).Replace(terminal.Escape(text)) // XML forbids these two as well
}

// line is visible for a text that must stay on its line.
func line(text string) string { return terminal.Line(visible(text)) }
