package compare

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"glomers/internal/wording"
)

// maxShown is the number of characters of a value that fit into a table.
const maxShown = 40

// Show formats a figure for people; nil becomes "-". The unit is as in workload.Figure.
func Show(v any, unit string) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case json.Number:
		if f, ok := numberOf(v); ok && unit == "ns" {
			return wording.Duration(time.Duration(f))
		}
		text := v.String()
		if f, ok := numberOf(v); ok && len(text) > 8 && strings.Contains(text, ".") {
			text = wording.Number(f, 5) // further digits are noise
		}
		if unit == "ms" || unit == "s" {
			text += " " + unit
		}
		return cut(text)
	case []any:
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = Show(e, unit)
		}
		return cut("[" + strings.Join(words, " ") + "]")
	}
	return cut(fmt.Sprint(v))
}

// cut shortens a text to fit into a table.
func cut(text string) string {
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown-1]) + "…"
	}
	return text
}
