package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

const (
	maxReasons = 8  // how many reasons a checker spells out
	maxQuote   = 80 // how many bytes of a value a reason quotes
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

// reasons describes the first few items, and counts the rest.
func reasons[T any](items []T, describe func(T) string) []string {
	var rs []string
	for i, item := range items {
		if i == maxReasons {
			return append(rs, fmt.Sprintf("… and %d more", len(items)-maxReasons))
		}
		rs = append(rs, describe(item))
	}
	return rs
}

// at says when an event happened and where to find it in the history.
func at(op history.Op) string {
	return fmt.Sprintf("%.3f s (op %d, %s)", float64(op.Time)/1e9, op.Index, op.Who())
}

// quote returns a value as a reason shows it: its JSON, cut if it is long.
func quote(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "null"
	}
	text, cut := jsonvalue.Clip(raw, maxQuote)
	if cut {
		text += fmt.Sprintf("… (%d bytes)", len(raw))
	}
	return text
}

// plural returns "1 thing" or "5 things".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		thing = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
