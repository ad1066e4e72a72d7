// Package edn reads extensible data notation (EDN), the format of Maelstrom's histories and results. It supports the part of
// EDN that Clojure's printer writes.
//
// Values are read as these Go types:
//
//	nil, true, false         nil, bool
//	12, 12N                  int64, or *big.Int beyond it
//	1.5, 2M, ##Inf           float64
//	"text"                   string
//	\a                       Char
//	:word, word              Keyword, Symbol
//	(1 2), [1 2], #{1 2}     List
//	{:a 1}                   Map
//	#tag {:a 1}              Tagged
//
// Comments, commas and discarded forms (#_) are skipped.
package edn

import (
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// These types have no counterpart in Go. A Map is a list of entries, in the order of the text, because any value may be a
// key, including values that cannot be keys of Go maps.
type (
	Char    rune
	Keyword string // without the colon
	Symbol  string
	List    []any
	Map     []Entry
	Entry   struct{ Key, Value any }
	Tagged  struct {
		Tag   Symbol
		Value any
	}
)

// Get follows keywords from one map to the next, through tags, and returns the value at the end, or nil if there is none.
func Get(v any, path ...Keyword) any {
	for _, key := range path {
		if t, ok := v.(Tagged); ok {
			v = t.Value
		}
		m, _ := v.(Map)
		v = nil
		for _, e := range m {
			if e.Key == any(key) {
				v = e.Value
			}
		}
	}
	return v
}

// Limits for one value and everything that it contains, so that no input exhausts the stack or takes hundreds of times its
// own size in memory.
const (
	maxDepth  = 1000
	maxValues = 2_000_000
)

// Parse returns the single value in the text. Its errors name the line.
func Parse(text string) (any, error) {
	p := &parser{text: text}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if more, err := p.more(0); err != nil {
		return nil, err
	} else if more {
		return nil, p.errorf("a second value after the first")
	}
	return v, nil
}

// A Decoder reads a text with any number of consecutive values.
type Decoder struct {
	parser
	counted int // the position up to which lines have been counted
	line    int // the number of line breaks before counted
}

// NewDecoder returns a Decoder at the beginning of the text.
func NewDecoder(text string) *Decoder { return NewDecoderAt(1, text) }

// NewDecoderAt returns a Decoder for the part of a text that begins on the given line.
func NewDecoderAt(line int, text string) *Decoder {
	return &Decoder{parser: parser{text: text, first: line}}
}

// Next returns the next value and the line, counted from 1, on which it begins. At the end of the text the error is io.EOF;
// other errors name the line.
func (d *Decoder) Next() (v any, line int, err error) {
	more, err := d.more(0)
	if err != nil {
		return nil, 0, err
	}
	if !more {
		return nil, 0, io.EOF
	}
	d.line += strings.Count(d.text[d.counted:d.pos], "\n")
	d.counted, d.values = d.pos, 0
	v, err = d.value(0)
	return v, d.line + d.first, err
}

// A parser is a position in a text.
type parser struct {
	text   string
	pos    int
	first  int // the line of the beginning; 0 means 1
	values int // the number of values so far
}

func (p *parser) rest() string { return p.text[p.pos:] }

func (p *parser) errorf(format string, args ...any) error {
	line := max(1, p.first) + strings.Count(p.text[:p.pos], "\n")
	return fmt.Errorf("edn: line %d: %s", line, fmt.Sprintf(format, args...))
}

// more skips space, comments and discarded forms, and reports whether a value follows.
func (p *parser) more(depth int) (bool, error) {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.rest())
		switch {
		case r == ',' || unicode.IsSpace(r):
			p.pos += size
		case r == ';':
			comment, _, _ := strings.Cut(p.rest(), "\n")
			p.pos += len(comment)
		case strings.HasPrefix(p.rest(), "#_"):
			p.pos += len("#_")
			if _, err := p.value(depth + 1); err != nil {
				return false, err
			}
		default:
			return true, nil
		}
	}
	return false, nil
}

// value reads the next value.
func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, p.errorf("nested more than %d deep", maxDepth)
	}
	if p.values++; p.values > maxValues {
		return nil, p.errorf("more than %d values in one", maxValues)
	}
	if more, err := p.more(depth); err != nil {
		return nil, err
	} else if !more {
		return nil, p.errorf("the text ends where a value should be")
	}
	switch c := p.text[p.pos]; {
	case c == '(':
		return p.list("(", ')', depth)
	case c == '[':
		return p.list("[", ']', depth)
	case c == '{':
		return p.mapping(depth)
	case strings.HasPrefix(p.rest(), "#{"):
		return p.list("#{", '}', depth)
	case strings.HasPrefix(p.rest(), "##"):
		return p.symbolic()
	case c == '#':
		return p.tagged(depth)
	case c == '"':
		return p.str()
	case c == '\\':
		return p.char()
	case strings.IndexByte(")]}", c) >= 0:
		return nil, p.errorf("%q without its opening", c)
	}
	return p.atom()
}

// list reads values up to the closing bracket.
func (p *parser) list(open string, closing byte, depth int) (List, error) {
	p.pos += len(open)
	vs := List{}
	for {
		more, err := p.more(depth)
		if err != nil {
			return nil, err
		}
		if !more {
			return nil, p.errorf("the text ends before %q", closing)
		}
		if p.text[p.pos] == closing {
			p.pos++
			return vs, nil
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
}

func (p *parser) mapping(depth int) (Map, error) {
	vs, err := p.list("{", '}', depth)
	if err != nil {
		return nil, err
	}
	if len(vs)%2 != 0 {
		return nil, p.errorf("a map with a key that has no value")
	}
	m := make(Map, 0, len(vs)/2)
	for i := 0; i < len(vs); i += 2 {
		m = append(m, Entry{Key: vs[i], Value: vs[i+1]})
	}
	return m, nil
}

// symbolic reads a number that is written as a name, such as ##Inf.
func (p *parser) symbolic() (float64, error) {
	p.pos += len("##")
	switch name := p.token(); name {
	case "Inf", "-Inf", "NaN":
		return strconv.ParseFloat(name, 64)
	default:
		return 0, p.errorf("no number is called ##%s", name)
	}
}

func (p *parser) tagged(depth int) (Tagged, error) {
	p.pos += len("#")
	tag := p.token()
	if tag == "" {
		return Tagged{}, p.errorf("a tag without a name")
	}
	v, err := p.value(depth + 1)
	return Tagged{Tag: Symbol(tag), Value: v}, err
}

// str reads a string. Clojure escapes characters as Go does, but does not escape line breaks.
func (p *parser) str() (string, error) {
	for end := p.pos + 1; end < len(p.text); end++ {
		switch p.text[end] {
		case '\\':
			end++ // an escaped character does not end the string
		case '"':
			quoted := strings.ReplaceAll(p.text[p.pos:end+1], "\n", `\n`)
			s, err := strconv.Unquote(quoted)
			if err != nil {
				return "", p.errorf("no string is written %.40s", quoted)
			}
			p.pos = end + 1
			return s, nil
		}
	}
	return "", p.errorf("a string without its end")
}

// char reads a character: itself or its name.
func (p *parser) char() (Char, error) {
	p.pos += len(`\`)
	r, size := utf8.DecodeRuneInString(p.rest())
	p.pos += size
	name := p.text[p.pos-size:p.pos] + p.token()
	names := map[string]Char{"newline": '\n', "return": '\r', "space": ' ', "tab": '\t', "backspace": '\b', "formfeed": '\f'}
	if c, ok := names[name]; ok {
		return c, nil
	}
	if size == 0 || len(name) != size {
		return 0, p.errorf("no character is called \\%s", name)
	}
	return Char(r), nil
}

// atom reads a number, a keyword, a symbol, nil, true or false.
func (p *parser) atom() (any, error) {
	t := p.token()
	switch t {
	case "nil":
		return nil, nil
	case "true", "false":
		return t == "true", nil
	case "", ":":
		return nil, p.errorf("want a value, have %.8q", p.rest())
	}
	if t[0] == ':' {
		return Keyword(t[1:]), nil
	}
	if digit := t[min(1, len(t)-1)]; unicode.IsDigit(rune(t[0])) || (t[0] == '-' || t[0] == '+') && unicode.IsDigit(rune(digit)) {
		return p.number(t)
	}
	return Symbol(t), nil
}

// maxDigits limits the length of a number: math/big takes time in the square of the length.
const maxDigits = 10_000

func (p *parser) number(t string) (any, error) {
	if len(t) > maxDigits {
		return nil, p.errorf("a number of %d characters: want at most %d", len(t), maxDigits)
	}
	whole := strings.TrimSuffix(t, "N")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		return n, nil
	}
	if n, ok := new(big.Int).SetString(whole, 10); ok {
		return n, nil
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(t, "M"), 64)
	if err != nil || strings.ContainsAny(t, "xXpP_") { // allowed in Go, but not in EDN
		return nil, p.errorf("%.40s is not a number", t)
	}
	return f, nil
}

// token reads up to the next delimiter.
func (p *parser) token() string {
	end := strings.IndexFunc(p.rest(), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`,;"()[]{}\`, r)
	})
	if end < 0 {
		end = len(p.rest())
	}
	p.pos += end
	return p.text[p.pos-end : p.pos]
}
