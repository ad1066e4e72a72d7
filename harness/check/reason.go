package check

import (
	"fmt"
	"strings"
)

// What a reason has at most. Its checker has the rest in its Result.
const (
	maxReasonLines = 16
	maxReasonBytes = 2000
)

// Brief returns the beginning of a reason, and says how much more there is: a program under test chooses how long its keys,
// values, functions and errors are.
func Brief(reason string) string {
	lines := strings.Split(reason, "\n")
	var b strings.Builder
	for i, line := range lines {
		if i == maxReasonLines {
			fmt.Fprintf(&b, "\n… %d more lines", len(lines)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
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
