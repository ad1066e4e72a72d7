package serve

import (
	"glomers/internal/loopback"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// Limits of what a page shows of files that may hold anything. What is left out is said.
const (
	maxTest    = 1 << 20  // bytes of test.json
	maxResults = 16 << 20 // bytes of results.json

	maxReasons = 100
	maxFigures = 1000 // rows of a table
	maxFiles   = 1000 // of a run
	maxChoices = 1000 // in a menu

	patience = loopback.Patience

	shortText = 256 // bytes of a name, or of what stands in a cell
	longText  = 4 << 10
)

// plain returns a name, or what stands in a cell, as it can be shown: short, and without characters that are not seen or that turn
// the direction of what is beside them.
func plain(text string) string { return terminal.Line(wording.Clip(text, shortText)) }

// passage is plain for texts that may be long and have several lines.
func passage(text string) string { return terminal.Escape(wording.Clip(text, longText)) }
