// Package compare reads the figures from the results of runs and compares those of two runs. harness.Figures describes the
// figures.
package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"glomers/internal/edn"
)

// Results hold the content of one run's results.json: objects, arrays, strings, booleans and json.Numbers, with our names.
type Results map[string]any

// Parse reads results: our results.json or Maelstrom's results.edn. The text shows which of the two it is. The name of the
// file is for errors.
func Parse(name string, text []byte) (Results, error) {
	if !json.Valid(text) {
		if err := json.Unmarshal(text, new(any)); bytes.HasPrefix(bytes.TrimSpace(text), []byte(`{"`)) { // in EDN, names are keywords
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var err error
		if text, err = fromMaelstrom(text); err != nil {
			return nil, fmt.Errorf("%s: neither JSON nor Maelstrom's results: %w", name, err)
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // seeds have 64 bits
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r, _ := withoutMarks(tree).(map[string]any)
	if r["valid"] == nil {
		return nil, fmt.Errorf("%s: no verdict in there, so these are no results", name)
	}
	return r, nil
}

// fromMaelstrom converts EDN to JSON.
func fromMaelstrom(text []byte) ([]byte, error) {
	v, err := edn.Parse(string(text))
	if err != nil {
		return nil, err
	}
	if _, ok := v.(edn.Map); !ok {
		return nil, errors.New("want a map")
	}
	return edn.AppendJSON(nil, v)
}

// withoutMarks removes Clojure's question marks from names such as "valid?".
func withoutMarks(tree any) any {
	object, ok := tree.(map[string]any)
	if !ok {
		return tree
	}
	renamed := make(map[string]any, len(object))
	for name, v := range object {
		renamed[strings.TrimSuffix(name, "?")] = withoutMarks(v)
	}
	return renamed
}

// find returns the values at the paths that match the pattern; see workload.Figure.
func (r Results) find(pattern string) map[string]any {
	found := make(map[string]any)
	var descend func(object map[string]any, at, pattern string)
	descend = func(object map[string]any, at, pattern string) {
		first, rest, more := strings.Cut(pattern, "/")
		for name, v := range object {
			if ok, err := path.Match(first, name); err != nil || !ok {
				continue
			}
			if inner, isObject := v.(map[string]any); more && isObject {
				descend(inner, path.Join(at, name), rest)
			} else if !more {
				found[path.Join(at, name)] = v
			}
		}
	}
	descend(r, "", pattern)
	return found
}

// At returns the value at a path, whose names are separated by slashes, or nil if it does not exist.
func (r Results) At(at string) any {
	first, rest, more := strings.Cut(at, "/")
	if !more {
		return r[first]
	}
	inner, _ := r[first].(map[string]any)
	return Results(inner).At(rest)
}

// Number returns the number at a path; false if there is none.
func (r Results) Number(at string) (float64, bool) { return numberOf(r.At(at)) }

func numberOf(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}
