package control

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
)

// A Property is what a node declares of itself, and what a harness then watches.
type Property struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"` // unique among those of its node
}

// A Kind is the kind of a property.
type Kind string

// The kinds. Package node says what each of them means.
const (
	Always      Kind = "always"
	Sometimes   Kind = "sometimes"
	Reachable   Kind = "reachable"
	Unreachable Kind = "unreachable"
	Extremes    Kind = "extremes"
)

var kinds = []Kind{Always, Sometimes, Reachable, Unreachable, Extremes}

// Known reports whether k is one of the kinds.
func (k Kind) Known() bool { return slices.Contains(kinds, k) }

// Compare orders properties by their kinds, in the order above, and then by their names.
func (p Property) Compare(o Property) int {
	return cmp.Or(cmp.Compare(slices.Index(kinds, p.Kind), slices.Index(kinds, o.Kind)), cmp.Compare(p.Name, o.Name))
}

// Bounds on what a node declares and says.
const (
	MaxProperties = 1000
	MaxName       = 200     // bytes
	MaxDetails    = 4 << 10 // bytes of their JSON
)

// An Observation is one evaluation of a property.
type Observation struct {
	Property
	Holds   bool        // of Always and Sometimes: the condition. Of Reachable and Unreachable true: the place was reached
	Value   float64     // of Extremes: finite
	Details []slog.Attr // perhaps those that explain it
}

// Violates reports whether the observation makes the run invalid.
func (o Observation) Violates() bool {
	return o.Kind == Always && !o.Holds || o.Kind == Unreachable
}

// String says in a sentence what was observed.
func (o Observation) String() string {
	text := ""
	if details := DetailsJSON(o.Details); details != nil {
		text = ": " + string(details)
	}
	switch {
	case o.Kind == Extremes:
		return fmt.Sprintf("%s %q: %g", o.Kind, o.Name, o.Value)
	case o.Kind == Reachable || o.Kind == Unreachable:
		return fmt.Sprintf("%s %q was reached%s", o.Kind, o.Name, text)
	case o.Holds:
		return fmt.Sprintf("%s %q holds%s", o.Kind, o.Name, text)
	}
	return fmt.Sprintf("%s %q does not hold%s", o.Kind, o.Name, text)
}

var (
	// Listen has f called with every observation of n, a *node.Node, from now on, in place of a listener before. Call it before the node
	// runs. f is called by the goroutine that makes the observation, so by several at a time if the node has such; it must not call the
	// node.
	Listen func(n any, f func(Observation))

	// Properties returns what n, a *node.Node, has declared, in the order of the declarations.
	Properties func(n any) []Property
)

// DetailsJSON returns details as a JSON object; nil if there are none. What takes too much room is cut, and what is no JSON, such as an
// error, is written as text.
func DetailsJSON(details []slog.Attr) json.RawMessage {
	if len(details) == 0 {
		return nil
	}
	text := []byte{'{'}
	for i, d := range details {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, quoted(d.Key)...), ':')
		text = append(text, valueJSON(d.Value.Resolve())...)
	}
	if text = append(text, '}'); len(text) > MaxDetails {
		cut, _ := json.Marshal(map[string]string{"cut": strings.ToValidUTF8(string(text[:MaxDetails/4]), "")}) // strings have a JSON
		return cut
	}
	return text
}

func valueJSON(v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindDuration, slog.KindTime:
		return quoted(v.String())
	case slog.KindFloat64:
		if f := v.Float64(); math.IsNaN(f) || math.IsInf(f, 0) {
			return quoted(v.String())
		}
	case slog.KindGroup:
		if len(v.Group()) == 0 {
			return []byte("{}")
		}
		return DetailsJSON(v.Group())
	}
	if err, ok := v.Any().(error); ok {
		return quoted(err.Error())
	}
	text, err := json.Marshal(v.Any())
	if err != nil {
		return quoted(v.String())
	}
	return text
}

func quoted(s string) []byte {
	text, _ := json.Marshal(s) // a string has a JSON
	return text
}
