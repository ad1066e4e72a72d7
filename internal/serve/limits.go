package serve

import (
	"strings"
	"time"

	"glomers/internal/terminal"
)

// Limits of what a page shows of files that may hold anything. What is left out is said.
const (
	maxTest    = 1 << 20  // bytes of test.json
	maxResults = 16 << 20 // bytes of results.json

	maxReasons = 100
	maxFigures = 1000 // rows of a table
	maxFiles   = 1000 // of a run
	maxChoices = 1000 // in a menu

	patience = 30 * time.Second // for a browser that does not read

	shortText = 256 // bytes of a name, or of what stands in a cell
	longText  = 4 << 10
)

// clip returns a text, without its end if it is longer than that many bytes.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// plain returns a name, or what stands in a cell, as it can be shown: short, and without characters that are not seen or that turn
// the direction of what is beside them.
func plain(text string) string { return terminal.Line(clip(text, shortText)) }

// passage is plain for texts that may be long and have several lines.
func passage(text string) string { return terminal.Escape(clip(text, longText)) }

// shorten makes the texts of a test plain.
func (t *test) shorten() {
	for _, text := range []*string{&t.TimeLimit, &t.Latency, &t.LatencyDist, &t.Interval} {
		*text = plain(*text)
	}
}
