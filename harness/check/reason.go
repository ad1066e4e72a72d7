package check

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"glomers/harness/history"
)

const (
	maxReasons = 8  // how many reasons a checker spells out
	maxQuote   = 80 // how many bytes of a value a reason quotes
)

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
	return fmt.Sprintf("%.3f s (op %d, process %s)", float64(op.Time)/1e9, op.Index, op.Process)
}

// quote returns a value as a reason shows it: its JSON, cut if it is long.
func quote(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "null"
	}
	if len(raw) <= maxQuote {
		return string(raw)
	}
	cut := maxQuote
	for cut > 0 && !utf8.RuneStart(raw[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", raw[:cut], len(raw))
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
