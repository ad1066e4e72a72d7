package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// parseJSON reads an operation that is a JSON object. The names of fields must match exactly, and no field may occur twice.
// It does not use encoding/json for this, which accepts Process for process, and takes the last of two fields.
func parseJSON(text []byte) (record, error) {
	r := newRecord()
	if !json.Valid(text) {
		return r, json.Unmarshal(text, &json.RawMessage{}) // its error has the position
	}
	if n := CountValues(text); n > MaxValues {
		return r, fmt.Errorf("an operation with more than %d values in it, which is the limit", MaxValues)
	}
	err := eachMember(bytes.TrimSpace(text), func(name string, value json.RawMessage) error {
		f, known := fieldNamed(name)
		if r.add(name, f, known) {
			return fmt.Errorf("field %q twice", name)
		}
		if err := r.set(f, value); err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
		return nil
	})
	return r, err
}

// CountValues returns an upper bound of the number of values in valid JSON, which is not much higher than the number itself.
// For a text of up to MaxValues bytes it returns 0.
func CountValues(text []byte) int {
	if len(text) <= MaxValues {
		return 0
	}
	n, quoted := 1, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted:
			if c == '\\' {
				i++
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == ',' || c == ':' || c == '[' || c == '{': // a value follows, or the end of an empty collection
			n++
		}
	}
	return n
}

var errNoObject = errors.New("want an object, an operation")

// eachMember calls f with each member of an object, which must be valid JSON without surrounding space.
func eachMember(object []byte, f func(name string, value json.RawMessage) error) error {
	if object[0] != '{' {
		return errNoObject
	}
	for i := skipSpace(object, 1); object[i] != '}'; {
		end := valueEnd(object, i)
		name, err := unquote(object[i:end])
		if err != nil {
			return err
		}
		i = skipSpace(object, skipSpace(object, end)+len(":"))
		end = valueEnd(object, i)
		if err := f(name, object[i:end:end]); err != nil {
			return err
		}
		if i = skipSpace(object, end); object[i] == ',' {
			i = skipSpace(object, i+1)
		}
	}
	return nil
}

func unquote(text []byte) (name string, err error) {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1]), nil
	}
	err = json.Unmarshal(text, &name)
	return name, err
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// valueEnd returns the position after the value that begins at i, in valid JSON.
func valueEnd(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth == 0 { // the end of the collection that has the value
				return i
			}
			depth--
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue // part of a number or a literal
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}
