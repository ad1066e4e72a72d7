package check

import (
	"fmt"
	"strings"
)

// Limits of a reason's text. The checker's Result has the rest.
const (
	maxReasonLines = 16
	maxReasonBytes = 2000
)

// Brief returns the beginning of a reason and says how much it left out. A reason may be very long, since the program under
// test chooses the length of its keys, values, functions and errors.
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
