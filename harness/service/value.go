package service

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf8"
)

// equal tells whether two JSON texts are the same value.
func equal(a, b json.RawMessage) bool {
	return bytes.Equal(a, b) || canonical(a) == canonical(b)
}

// canonical returns a text that two JSON texts share if and only if they are the same value to the
// reference, which decodes them to Clojure's values: integers are exact and never equal to
// floats, floats are doubles, and 0.0 is -0.0.
func canonical(raw json.RawMessage) string {
	if isPlain(raw) {
		return string(raw)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil { // not JSON: equal to itself only
		return string(raw)
	}
	return string(appendCanonical(nil, v))
}

// isPlain tells whether raw is a scalar that is its own canonical text, as nearly all keys
// and most values are: null, true, false, an integer, or a string of printable ASCII without escapes.
func isPlain(raw json.RawMessage) bool {
	if len(raw) == 0 {
		return true
	}
	switch c := raw[0]; {
	case c == '"':
		return !slices.ContainsFunc(raw, func(c byte) bool { return c < ' ' || c > '~' || c == '\\' })
	case c == '-' || '0' <= c && c <= '9':
		return isInteger(raw) && string(raw) != "-0"
	default:
		return c != '[' && c != '{'
	}
}

func appendCanonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case json.Number:
		return appendNumber(b, string(v))
	case string:
		return strconv.AppendQuote(b, v)
	case []any:
		b = append(b, '[')
		for _, e := range v {
			b = append(appendCanonical(b, e), ',')
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b = append(strconv.AppendQuote(b, k), ':')
			b = append(appendCanonical(b, v[k]), ',')
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func appendNumber(b []byte, s string) []byte {
	if i, ok := new(big.Int).SetString(s, 10); ok {
		return i.Append(b, 10)
	}
	f, _ := strconv.ParseFloat(s, 64)             // out of range is an infinity, as in the reference
	f += 0                                        // turns -0 into 0
	return strconv.AppendFloat(b, f, 'e', -1, 64) // the e keeps it apart from integers
}

// compact returns raw without the spaces around its tokens, so that a reply is always one line.
func compact(raw json.RawMessage) json.RawMessage {
	if !bytes.ContainsAny(raw, " \t\r\n") {
		return raw
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil { // not JSON
		return raw
	}
	return b.Bytes()
}

// clip returns raw for an error text, cut to a readable length.
func clip(raw json.RawMessage) string {
	const limit = 100 // bytes
	raw = compact(raw)
	if len(raw) <= limit {
		return string(raw)
	}
	end := limit
	for !utf8.RuneStart(raw[end]) && end > limit-utf8.UTFMax {
		end--
	}
	return string(raw[:end]) + "…"
}
