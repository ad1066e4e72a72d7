package edn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Types for writing. The parser returns a List in any case.
type (
	Seq []any // a list in parentheses
	Set []any
	Raw string // text that is already EDN, on one line
)

// Append appends a value on one line. It panics on types that are not of this package, which are mistakes of the caller.
func Append(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "nil"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case *big.Int:
		return v.Append(b, 10)
	case float32:
		return appendReal(b, float64(v), 32)
	case float64:
		return appendReal(b, v, 64)
	case string:
		return AppendQuoted(b, v)
	case Keyword:
		return append(append(b, ':'), v...)
	case Raw:
		return append(b, v...)
	}
	opening, items, closing := parts(v)
	b = append(b, opening...)
	for i, item := range items {
		if i > 0 {
			b = append(b, item.separator...)
			b = append(b, ' ')
		}
		for j, x := range item.values {
			if j > 0 {
				b = append(b, ' ')
			}
			b = Append(b, x)
		}
	}
	return append(b, closing...)
}

// An item is a value of a collection, or a key with its value.
type item struct {
	values    []any
	separator string // between the previous item and this one
}

func parts(v any) (opening string, items []item, closing string) {
	list := func(vs []any) {
		for _, x := range vs {
			items = append(items, item{[]any{x}, ""})
		}
	}
	switch v := v.(type) {
	case List:
		list(v)
		return "[", items, "]"
	case Seq:
		list(v)
		return "(", items, ")"
	case Set:
		list(v)
		return "#{", items, "}"
	case Map:
		for _, e := range v {
			items = append(items, item{[]any{e.Key, e.Value}, ","})
		}
		return "{", items, "}"
	}
	panic(fmt.Sprintf("edn: cannot write a %T", v))
}

func appendReal(b []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "##NaN"...)
	case math.IsInf(f, 1):
		return append(b, "##Inf"...)
	case math.IsInf(f, -1):
		return append(b, "##-Inf"...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'g', -1, bits)
	if !bytes.ContainsAny(b[start:], ".e") {
		b = append(b, ".0"...) // without it, the text would be an integer
	}
	return b
}

// width is the width of the page.
const width = 78

// Print writes a value as Clojure's pretty-printers do: a collection that does not fit on a line has a line for each item,
// aligned behind the bracket. A collection that begins beyond the width of the page stays on its line; otherwise the author
// of the value could have it aligned behind a name of a megabyte, or behind a thousand brackets.
func Print(w io.Writer, v any) error {
	_, err := w.Write(append(appendPretty(nil, v, 0), '\n'))
	return err
}

// appendPretty appends a value that begins at a column.
func appendPretty(b []byte, v any, column int) []byte {
	collection := false
	switch v.(type) {
	case List, Seq, Set, Map:
		collection = true
	}
	// Do not try to print a collection that cannot fit: in a nested value, everything would be written once for each level.
	if start := len(b); !collection || column > width || fit(v, width-column) >= 0 {
		b = Append(b, v)
		if !collection || column > width || column+utf8.RuneCount(b[start:]) <= width {
			return b
		}
		b = b[:start]
	}
	opening, items, closing := parts(v)
	b = append(b, opening...)
	column += len(opening)
	for i, item := range items {
		if i > 0 {
			b = append(b, item.separator...)
			b = append(b, '\n')
			b = append(b, strings.Repeat(" ", column)...)
		}
		at := len(b)
		for j, x := range item.values {
			if j > 0 {
				b = append(b, ' ')
			}
			b = appendPretty(b, x, column+utf8.RuneCount(b[at:]))
		}
	}
	return append(b, closing...)
}

// fit returns a number of characters: an upper limit for the room that is left after a value. It is negative if the value
// does not fit. The function examines no more of the value than necessary.
func fit(v any, room int) int {
	text := func(s string) int {
		if len(s) > utf8.UTFMax*room {
			return -1
		}
		return room - utf8.RuneCountInString(s)
	}
	switch v := v.(type) {
	case string:
		return text(v)
	case Keyword:
		return text(string(v))
	case Raw:
		return text(string(v))
	case List:
		return fitAll(v, room)
	case Seq:
		return fitAll(v, room)
	case Set:
		return fitAll(v, room)
	case Map:
		room -= 2
		for _, e := range v {
			if room = fit(e.Value, fit(e.Key, room)); room < 0 {
				break
			}
		}
		return room
	}
	return room - 1
}

func fitAll(vs []any, room int) int {
	room -= 2 // the brackets
	for _, v := range vs {
		if room = fit(v, room); room < 0 {
			break
		}
	}
	return room
}

// FromJSON returns the value for v, which is JSON or marshals to JSON. Names of objects become keywords where possible, and
// keep their order.
func FromJSON(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("edn: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return fromTokens(d)
}

func fromTokens(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("edn: %w", err)
	}
	switch token := token.(type) {
	case json.Number:
		return Raw(token), nil
	case json.Delim:
		if token == '[' {
			list := List{}
			for d.More() {
				v, err := fromTokens(d)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err = d.Token()
			return list, err
		}
		m := Map{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, fmt.Errorf("edn: %w", err)
			}
			v, err := fromTokens(d)
			if err != nil {
				return nil, err
			}
			key := name // a string
			if k := Keyword(name.(string)); k.Plain() {
				key = k
			}
			m = append(m, Entry{key, v})
		}
		_, err = d.Token()
		return m, err
	}
	return token, nil
}
