package edn

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Style says how JSON, which has fewer types, is converted to EDN.
type Style struct {
	Keys bool // names of objects become keywords where possible
	Sets bool // arrays that are values of objects become sets

	// Tags is the depth of arrays down to which a leading string becomes a keyword, if it can be one. With 1, this is the
	// first string of the outer array, as in ["timeout", 5], or a string that is the whole value. With 2, it is also the
	// first string of each array inside.
	Tags int
	// Names limits these keywords to the given names; nil allows all names.
	Names []string
}

// AppendFromJSON appends the EDN for a JSON value: arrays become vectors, objects become maps, and names become strings (but
// see Style). Numbers stay as they are. It returns an error if the text is not valid JSON.
func AppendFromJSON(b []byte, text json.RawMessage, s Style) ([]byte, error) {
	if !json.Valid(text) {
		return b, errors.New("edn: not JSON: " + clip(text))
	}
	t := transcriber{text: text, out: b, style: s}
	t.value(0, s.Tags == 1, false)
	return t.out, nil
}

func clip(text []byte) string {
	return strings.ToValidUTF8(string(text[:min(len(text), 40)]), "\uFFFD")
}

// A transcriber converts valid JSON in one pass.
type transcriber struct {
	text  []byte
	pos   int
	out   []byte
	style Style
}

// next skips space, and returns and consumes the byte after it.
func (t *transcriber) next() byte {
	for t.text[t.pos] == ' ' || t.text[t.pos] == '\n' || t.text[t.pos] == '\t' || t.text[t.pos] == '\r' {
		t.pos++
	}
	return t.text[t.pos]
}

// value transcribes the next value. depth is the number of arrays around the value; in an object, it is maxDepth. tag says
// whether the value is a tag if it is a string, and inObject whether it is a value of an object.
func (t *transcriber) value(depth int, tag, inObject bool) {
	switch t.next() {
	case '{':
		t.object()
	case '[':
		opening, closing := "[", byte(']')
		if inObject && t.style.Sets {
			opening, closing = "#{", '}'
		}
		t.out = append(t.out, opening...)
		t.items(']', func(first bool) { t.value(depth+1, first && depth+1 == t.style.Tags, false) }, " ")
		t.out = append(t.out, closing)
	case '"':
		if s := t.str(); tag && Keyword(s).Plain() && (t.style.Names == nil || slices.Contains(t.style.Names, s)) {
			t.out = append(append(t.out, ':'), s...)
		} else {
			t.out = AppendQuoted(t.out, s)
		}
	case 'n':
		t.pos += len("null")
		t.out = append(t.out, "nil"...)
	default: // a number, true or false
		start := t.pos
		for t.pos < len(t.text) && strings.IndexByte(" \n\t\r,]}", t.text[t.pos]) < 0 {
			t.pos++
		}
		t.out = append(t.out, t.text[start:t.pos]...)
	}
}

func (t *transcriber) object() {
	t.out = append(t.out, '{')
	t.items('}', func(bool) {
		t.next()
		if name := t.str(); t.style.Keys && Keyword(name).Plain() {
			t.out = append(append(t.out, ':'), name...)
		} else {
			t.out = AppendQuoted(t.out, name)
		}
		t.next() // the colon
		t.pos++
		t.out = append(t.out, ' ')
		t.value(maxDepth, false, true)
	}, ", ")
	t.out = append(t.out, '}')
}

// items transcribes the items between brackets. It calls f for each item; f must consume the whole item.
func (t *transcriber) items(closing byte, f func(first bool), between string) {
	t.pos++
	if t.next() == closing {
		t.pos++
		return
	}
	for first := true; ; first = false {
		f(first)
		last := t.next() == closing
		t.pos++ // a comma, or the end
		if last {
			return
		}
		t.out = append(t.out, between...)
	}
}

// str returns the string at this position.
func (t *transcriber) str() string {
	start := t.pos
	escaped := false
	for t.pos++; t.text[t.pos] != '"'; t.pos++ {
		if t.text[t.pos] == '\\' {
			escaped = true
			t.pos++
		}
	}
	t.pos++
	if !escaped {
		return string(t.text[start+1 : t.pos-1])
	}
	var s string
	_ = json.Unmarshal(t.text[start:t.pos], &s) // the JSON is valid
	return s
}

// Plain reports whether every EDN reader accepts the text as a keyword.
func (k Keyword) Plain() bool {
	if k == "" || k[0] >= '0' && k[0] <= '9' {
		return false
	}
	return strings.Trim(string(k), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// AppendQuoted appends a string in quotes. Control characters are escaped, so that a value stays on its line and cannot
// control a terminal. Bytes that are not valid UTF-8 become U+FFFD.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	plain := 0 // the bytes of s before this position have been appended
	for plain < len(s) && s[plain] >= ' ' && s[plain] < 0x7f && s[plain] != '"' && s[plain] != '\\' {
		plain++
	}
	b = append(b, s[:plain]...)
	for _, r := range s[plain:] {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		default:
			b = AppendPlain(b, r)
		}
	}
	return append(b, '"')
}

// AppendPlain appends a character; control characters are escaped.
func AppendPlain(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch {
	case r == '\n':
		return append(b, `\n`...)
	case r == '\t':
		return append(b, `\t`...)
	case r == '\r':
		return append(b, `\r`...)
	case r < ' ', 0x7f <= r && r < 0xa0:
		return append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
	}
	return utf8.AppendRune(b, r)
}
