package compare

import (
	"fmt"
	"maps"
	"slices"

	"glomers/harness"
	"glomers/harness/workload"
)

// A Pair is one figure in two results. It is nil in a result that lacks the figure.
type Pair struct {
	Path  string   `json:"path"`
	Unit  string   `json:"unit,omitempty"`
	A     any      `json:"a"`
	B     any      `json:"b"`
	Ratio *float64 `json:"ratio,omitempty"` // B/A; nil if undefined
	About string   `json:"-"`               // as in workload.Figure
}

// Pairs returns the figures that at least one of the results has, in the order of their descriptions. Either result may be
// nil. Long values are left out, as they cannot be compared by eye.
func Pairs(described []harness.FigureGroup, a, b Results) []Pair {
	pairs := []Pair{} // marshals to [], not null
	seen := make(map[string]bool)
	for _, group := range described {
		for _, f := range group.Figures {
			for _, p := range pair(f, a.find(f.Path), b.find(f.Path)) {
				if !seen[p.Path] {
					seen[p.Path] = true
					pairs = append(pairs, p)
				}
			}
		}
	}
	return pairs
}

// pair matches the values of one figure in two results.
func pair(f workload.Figure, a, b map[string]any) []Pair {
	skip := []string{"reasons", "dir", "hash"} // these always differ, or are too long
	all := maps.Clone(a)
	maps.Copy(all, b)
	var pairs []Pair
	for _, at := range slices.Sorted(maps.Keys(all)) {
		if slices.Contains(skip, at) || !isShort(a[at]) || !isShort(b[at]) || (a[at] == nil) != (b[at] == nil) && isEmpty(a[at]) && isEmpty(b[at]) {
			continue
		}
		pairs = append(pairs, Pair{Path: at, Unit: f.Unit, A: a[at], B: b[at], Ratio: ratio(a[at], b[at]), About: f.About})
	}
	return pairs
}

// isEmpty reports whether a value is nil or empty. Where our lists are empty, Maelstrom omits some of them, or writes null.
func isEmpty(v any) bool {
	list, isList := v.([]any)
	return v == nil || isList && len(list) == 0
}

// isShort reports whether a value is a word, a number, or a list of these.
func isShort(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return false
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool {
			_, isList := e.([]any)
			return isList || !isShort(e)
		})
	}
	return true
}

func ratio(a, b any) *float64 {
	x, ok := numberOf(a)
	y, ok2 := numberOf(b)
	if !ok || !ok2 || x == 0 {
		return nil
	}
	r := y / x
	return &r
}

// Relation describes in a word how the two sides relate, or returns "" if that is obvious.
func (p Pair) Relation() string {
	switch {
	case p.Ratio != nil:
		return fmt.Sprintf("%.3g", *p.Ratio)
	case p.A == nil || p.B == nil || fmt.Sprint(p.A) == fmt.Sprint(p.B):
		return ""
	}
	return "differs"
}
