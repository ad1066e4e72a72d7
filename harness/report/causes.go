package report

import (
	"fmt"
	"os"
	"path/filepath"

	"glomers/harness/why"
)

// A cause explains violations, with its picture, in the form for the page.
type cause struct {
	why.Cause
	SVG   string `json:"svg"`   // "" if there is nothing to draw
	About string `json:"about"` // the picture in words
}

const (
	maxCauses = 100
	maxSteps  = 100 // of a story
)

// explain takes the causes for the page.
func (r *contents) explain(causes []why.Cause) {
	if len(causes) > maxCauses {
		r.note("Of %d causes the first %d are shown. The others are in results.json, under \"why\".", len(causes), maxCauses)
		causes = causes[:maxCauses]
	}
	for i, c := range causes {
		if len(c.Story) > maxSteps {
			r.note("Of cause %d the first %d of %d steps are shown.", i+1, maxSteps, len(c.Story))
			c.Story = c.Story[:maxSteps]
		}
		p := c.Picture()
		r.causes = append(r.causes, cause{c, string(p.SVG()), p.About()})
	}
}

// Page returns the path of the report in the directory of a run, "" if there is none.
func Page(dir string) string {
	page := filepath.Join(dir, Files()[0])
	if _, err := os.Stat(page); err != nil || dir == "" {
		return ""
	}
	return page
}

// Look returns where to look at causes of the run in a directory, as why.Telling wants it: nil if there is no report.
func Look(dir string) func(n int, c why.Cause) string {
	page := Page(dir)
	if page == "" {
		return nil
	}
	return func(n int, c why.Cause) string { return page + "#" + Anchor(n, c) }
}

// Anchor returns the fragment of a report's address at which a reader should begin to look at the n-th cause of the run, counted from 1: that
// of a message or of an operation if the page has room for it, or else that of the cause.
func Anchor(n int, c why.Cause) string {
	s, ok := c.Look()
	switch {
	case ok && s.Kind == why.Message && 0 <= s.ID && s.ID < maxMessages:
		return fmt.Sprintf("m%d", s.ID)
	case ok && s.Kind == why.Operation && 0 <= s.ID && s.ID < maxEvents:
		return fmt.Sprintf("op%d", s.ID)
	}
	return fmt.Sprintf("why%d", n)
}
