package main

import (
	"strings"

	"glomers/harness/check"
)

// shownReason returns a reason as it is printed, below the line that it belongs to: brief, and indented from its second line on.
func shownReason(reason string) string {
	return strings.ReplaceAll(check.Brief(reason), "\n", "\n    ")
}
