// Package reason formats the reasons of checkers.
package reason

import (
	"encoding/json"
	"fmt"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// Most is how many reasons a checker spells out.
const Most = 8

const maxQuote = 80 // how many bytes of a value a reason quotes

// List describes the first Most items and counts the rest.
func List[T any](items []T, describe func(T) string) []string {
	var all []string
	for i, item := range items {
		if i == Most {
			return append(all, fmt.Sprintf("… and %d more", len(items)-Most))
		}
		all = append(all, describe(item))
	}
	return all
}

// At names the time of an event and its place in the history.
func At(op history.Op) string {
	return fmt.Sprintf("%.3f s (op %d, %s)", float64(op.Time)/1e9, op.Index, op.Who())
}

// Quote returns the JSON of a value, cut if it is long.
func Quote(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "null"
	}
	return wording.ClipCounted(raw, maxQuote)
}
