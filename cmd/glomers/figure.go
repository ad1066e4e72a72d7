package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"glomers/harness"
)

// A paired is a figure in two results. What only one of them has is nil in the other one.
type paired struct {
	Path  string   `json:"path"`
	Unit  string   `json:"unit,omitempty"`
	A     any      `json:"a"`
	B     any      `json:"b"`
	Ratio *float64 `json:"ratio,omitempty"` // B/A; nil if there is none
}

// find returns what is in a tree at the paths that match the pattern; see harness.Figure.
func find(tree any, pattern string) map[string]any {
	found := make(map[string]any)
	var descend func(v any, at, pattern string)
	descend = func(v any, at, pattern string) {
		first, rest, more := strings.Cut(pattern, "/")
		object, _ := v.(map[string]any)
		for name, v := range object {
			if ok, err := path.Match(first, name); err != nil || !ok {
				continue
			}
			if more {
				descend(v, path.Join(at, name), rest)
			} else {
				found[path.Join(at, name)] = v
			}
		}
	}
	descend(tree, "", pattern)
	return found
}

// pair puts together what was found in two trees. What is not short cannot be compared by eye, and is left out.
func pair(f harness.Figure, a, b map[string]any) []paired {
	skip := []string{"reasons", "dir", "hash"} // differ always, or say it at length
	all := maps.Clone(a)
	maps.Copy(all, b)
	var pairs []paired
	for _, at := range slices.Sorted(maps.Keys(all)) {
		if slices.Contains(skip, at) || !isShort(a[at]) || !isShort(b[at]) {
			continue
		}
		pairs = append(pairs, paired{Path: at, Unit: f.Unit, A: a[at], B: b[at], Ratio: ratio(a[at], b[at])})
	}
	return pairs
}

// isShort tells whether a value is a word, a number, or a list of these.
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

func numberOf(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// relation says how the two sides relate, in a word; nothing if that is plain.
func (p paired) relation() string {
	switch {
	case p.Ratio != nil:
		return fmt.Sprintf("%.3g", *p.Ratio)
	case p.A == nil || p.B == nil || fmt.Sprint(p.A) == fmt.Sprint(p.B):
		return ""
	}
	return "differs"
}

// maxShown is how many characters of a value a table has room for.
const maxShown = 40

// show writes one side for people.
func show(v any, unit string) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case json.Number:
		if f, ok := numberOf(v); ok && unit == "ns" {
			return short(time.Duration(f))
		}
		if unit == "ms" || unit == "s" {
			return v.String() + " " + unit
		}
		return v.String()
	case []any:
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = show(e, unit)
		}
		return cut("[" + strings.Join(words, " ") + "]")
	}
	return cut(fmt.Sprint(v))
}

// cut shortens a text to what a table has room for.
func cut(text string) string {
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown-1]) + "…"
	}
	return text
}
