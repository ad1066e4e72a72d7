package edn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// AppendJSON appends the JSON for v. Keywords, symbols and characters become strings. Lists, vectors and sets become arrays.
// A map becomes an object, whose names are the texts or the JSON of the map's keys. Tags are left out. Floats keep a
// fraction or an exponent, so that 1.0 differs from 1. AppendJSON returns an error if v is or holds something without a JSON
// counterpart: an infinite number, or a map used as a key that has keys other than texts.
func AppendJSON(b []byte, v any) ([]byte, error) { return appendValue(b, v, false) }

// appendValue is AppendJSON. A key is quoted as a whole, so inside a key it refuses keys that would have to be quoted again:
// the text would double with each level.
func appendValue(b []byte, v any, inKey bool) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case *big.Int:
		return v.Append(b, 10), nil
	case float64:
		return appendFloat(b, v)
	case List:
		return appendArray(b, v, inKey)
	case Map:
		return appendObject(b, v, inKey)
	case Tagged:
		return appendValue(b, v.Value, inKey)
	}
	if s, ok := text(v); ok {
		return appendString(b, s)
	}
	return b, fmt.Errorf("edn: no JSON for a %T", v)
}

// text returns the string that represents v in JSON, if v is represented by a string.
func text(v any) (s string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Keyword:
		return string(v), true
	case Symbol:
		return string(v), true
	case Char:
		return string(rune(v)), true
	}
	return "", false
}

func appendString(b []byte, s string) ([]byte, error) {
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false) // for human readers
	if err := enc.Encode(s); err != nil {
		return b, fmt.Errorf("edn: %w", err)
	}
	return append(b, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...), nil
}

func appendFloat(b []byte, f float64) ([]byte, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return b, fmt.Errorf("edn: JSON has no number for %v", f)
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return append(b, s...), nil
}

func appendArray(b []byte, vs List, inKey bool) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range vs {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendValue(b, v, inKey); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, m Map, inKey bool) (_ []byte, err error) {
	b = append(b, '{')
	for i, e := range m {
		if i > 0 {
			b = append(b, ',')
		}
		name, ok := text(e.Key)
		if !ok && inKey {
			return b, errors.New("edn: no JSON for a key in a key")
		}
		if !ok {
			key, err := appendValue(nil, e.Key, true)
			if err != nil {
				return b, err
			}
			name = string(key)
		}
		if b, err = appendString(b, name); err != nil {
			return b, err
		}
		b = append(b, ':')
		if b, err = appendValue(b, e.Value, inKey); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}
