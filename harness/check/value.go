package check

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// parseValue decodes raw to nil, bool, *big.Int, float64, string, []any or
// map[string]any: JSON as the reference tells values apart. An integer never equals
// a number with a fraction or an exponent, so 1 and 1.0 differ; 1.0 and 1e0 do
// not. No text at all is null, as in a history.
func parseValue(raw json.RawMessage) (any, error) {
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

// convertNumbers replaces every json.Number in v by a *big.Int or a float64.
func convertNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, ok := new(big.Int).SetString(string(v), 10); ok {
			return i
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

// valueKey returns a text that two values share if and only if they are equal.
// What is not JSON is its own key.
func valueKey(raw json.RawMessage) string {
	v, err := parseValue(raw)
	if err != nil {
		return string(raw)
	}
	return string(appendKey(nil, v))
}

func appendKey(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case *big.Int:
		return v.Append(b, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'e', -1, 64) // the e keeps it apart from integers
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

// compareValues orders two values as the reference does: null first, numbers by
// size, false before true, arrays by length and then by element. It reports
// false for values of different kinds and for objects, which the reference
// cannot compare.
func compareValues(a, b any) (order int, ok bool) {
	switch {
	case a == nil && b == nil:
		return 0, true
	case a == nil:
		return -1, true
	case b == nil:
		return 1, true
	}
	switch a := a.(type) {
	case bool:
		b, ok := b.(bool)
		return strings.Compare(strconv.FormatBool(a), strconv.FormatBool(b)), ok
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	case *big.Int:
		switch b := b.(type) {
		case *big.Int:
			return a.Cmp(b), true
		case float64:
			f, _ := new(big.Float).SetInt(a).Float64()
			return cmp.Compare(f, b), true
		}
	case float64:
		switch b := b.(type) {
		case *big.Int:
			f, _ := new(big.Float).SetInt(b).Float64()
			return cmp.Compare(a, f), true
		case float64:
			return cmp.Compare(a, b), true
		}
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return cmp.Compare(len(a), len(b)), ok
		}
		for i := range a {
			if order, ok := compareValues(a[i], b[i]); order != 0 || !ok {
				return order, ok
			}
		}
		return 0, true
	}
	return 0, false
}
