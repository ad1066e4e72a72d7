// Package jsonvalue compares JSON texts as values, by the rules of the reference harness. An integer of any size never equals a
// number with a fraction or an exponent: 1 and 1.0 differ, but 1.0 and 1e0 are equal. The order of an object's keys, spaces and
// escapes make no difference.
package jsonvalue

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// An Integer is an integer of any size, stored as decimal digits. It is never converted to math/big, because a node can send any
// number of digits, and math/big needs hours for a few million.
//
// Invariant: as in JSON, no leading zeros and no plus sign; in addition, zero has no sign.
type Integer string

// Compare returns -1, 0 or 1, as i is less than, equal to or greater than j.
func (i Integer) Compare(j Integer) int {
	a, negative := strings.CutPrefix(string(i), "-")
	b, other := strings.CutPrefix(string(j), "-")
	switch {
	case negative && !other:
		return -1
	case other && !negative:
		return 1
	case negative:
		a, b = b, a
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// Float returns the nearest float64, possibly ±Inf.
func (i Integer) Float() float64 {
	f, _ := strconv.ParseFloat(string(i), 64) // out of range is ±Inf
	return f
}

// Parse decodes raw to nil, bool, Integer, float64, string, []any or map[string]any. An empty text is null, as in a history.
func Parse(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return convertNumbers(v), nil
}

// convertNumbers replaces every json.Number in v by an Integer or a float64.
func convertNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		switch {
		case v == "-0":
			return Integer("0")
		case !strings.ContainsAny(string(v), ".eE"):
			return Integer(v)
		}
		f, _ := strconv.ParseFloat(string(v), 64) // out of range is ±Inf
		return f + 0                              // turns -0 into 0
	case []any:
		for i := range v {
			v[i] = convertNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = convertNumbers(v[k])
		}
	}
	return v
}

// Equal reports whether two texts are the same value.
func Equal(a, b json.RawMessage) bool { return bytes.Equal(a, b) || Key(a) == Key(b) }

// Key returns a canonical text: two values have the same key if and only if they are equal. The key of a text that is not JSON
// is the text itself.
func Key(raw json.RawMessage) string {
	if isPlain(raw) {
		return string(raw)
	}
	v, err := Parse(raw)
	if err != nil {
		return string(raw)
	}
	return string(appendKey(nil, v))
}

// Text returns the canonical JSON text of a value, the same for all its texts, except that a number keeps its digits and
// exponent.
func Text(raw json.RawMessage) string {
	text := string(bytes.TrimSpace(raw))
	if text == "" {
		return "null"
	}
	if !strings.ContainsAny(text, `"{[`) { // a number or a literal
		return text
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return text
	}
	b, _ := json.Marshal(v) // sorts keys; a decoded value always marshals
	return string(b)
}

// isPlain reports whether raw is a scalar that is its own key: true, false, null, an integer, or a string of printable ASCII
// without escapes. Nearly all values are.
func isPlain(raw json.RawMessage) bool {
	if len(raw) == 0 {
		return false
	}
	switch c := raw[0]; {
	case c == '"':
		return !slices.ContainsFunc(raw, func(c byte) bool { return c < ' ' || c > '~' || c == '\\' })
	case c == '-' || '0' <= c && c <= '9':
		return !bytes.ContainsAny(raw, ".eE") && string(raw) != "-0"
	default:
		return c != '[' && c != '{'
	}
}

func appendKey(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case Integer:
		return append(b, v...)
	case float64:
		return strconv.AppendFloat(b, v, 'e', -1, 64) // the e distinguishes it from integers
	case string:
		return strconv.AppendQuote(b, v)
	case []any:
		b = append(b, '[')
		for _, e := range v {
			b = append(appendKey(b, e), ',')
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b = append(strconv.AppendQuote(b, k), ':')
			b = append(appendKey(b, v[k]), ',')
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// Kind names the kind of a JSON value with its article, such as "an object"; "missing" if the text is empty. A number with a
// fraction or an exponent is a float, not an integer: 1.0 and 1e3 are floats.
func Kind(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "missing"
	}
	switch raw[0] {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '[':
		return "a list"
	case '{':
		return "an object"
	}
	if IsInteger(raw) {
		return "an integer"
	}
	return "a float"
}

// IsInteger reports whether a text, which must be JSON or empty, is a number without fraction and exponent.
func IsInteger(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9') && !bytes.ContainsAny(raw, ".eE")
}
