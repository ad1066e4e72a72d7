package main

import (
	"fmt"
	"strings"
)

// What of a reason is printed. --json and the store have all of it.
const (
	maxReasonLines = 16
	maxReasonBytes = 2000
)

// shownReason returns a reason as it is printed, below the line that it belongs to: clipped, and indented from its second line on.
func shownReason(reason string) string {
	lines := strings.Split(reason, "\n")
	var b strings.Builder
	for i, line := range lines {
		if i == maxReasonLines {
			fmt.Fprintf(&b, "\n    … %d more lines", len(lines)-i)
			break
		}
		if i > 0 {
			b.WriteString("\n    ")
		}
		if left := maxReasonBytes - b.Len(); len(line) > left {
			b.WriteString(strings.ToValidUTF8(line[:max(0, left)], ""))
			fmt.Fprintf(&b, "… (%d bytes)", len(reason))
			break
		}
		b.WriteString(line)
	}
	return b.String()
}
