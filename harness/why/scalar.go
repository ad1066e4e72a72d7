package why

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// quoted reads the string that begins here, and returns its text.
func (s *scalarScan) quoted() (text []byte, ok bool) {
	start, escaped := s.at, false
	for i := start + 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			s.at = i + 1
			if !escaped {
				return s.text[start+1 : i], true
			}
			var t string
			if json.Unmarshal(s.text[start:s.at], &t) != nil {
				return nil, false
			}
			return []byte(t), true
		}
	}
	s.at = len(s.text)
	return nil, false
}

// isNumber reports whether a text is a number of JSON.
func isNumber(text []byte) bool {
	if len(text) == 0 || (text[0] != '-' && (text[0] < '0' || text[0] > '9')) {
		return false
	}
	_, ok := appendNumber(nil, text)
	return ok
}

// appendNumber appends the form of a number: its digits without zeros at either end, e, and the power of ten. ok is false if the text is
// not a number.
func appendNumber(form, text []byte) (_ []byte, ok bool) {
	rest, negative := bytes.CutPrefix(text, []byte("-"))
	whole, rest := digits(rest)
	if len(whole) == 0 || len(whole) > 1 && whole[0] == '0' {
		return form, false
	}
	var fraction, exponent []byte
	if after, ok := bytes.CutPrefix(rest, []byte(".")); ok {
		if fraction, rest = digits(after); len(fraction) == 0 {
			return form, false
		}
	}
	if len(rest) > 0 && (rest[0] == 'e' || rest[0] == 'E') {
		exponent, rest = rest[1:], rest[1:]
		if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		var power []byte
		if power, rest = digits(rest); len(power) == 0 {
			return form, false
		}
	}
	if len(rest) > 0 {
		return form, false
	}
	power := 0
	if exponent != nil {
		var err error
		if power, err = strconv.Atoi(string(exponent)); err != nil || power > 1e9 || power < -1e9 {
			return append(form, text...), true // only equal to itself
		}
	}
	start := len(form)
	if negative {
		form = append(form, '-')
	}
	first := len(form)
	form = append(append(form, whole...), fraction...)
	power -= len(fraction)
	for len(form) > first && form[len(form)-1] == '0' {
		form, power = form[:len(form)-1], power+1
	}
	significant := bytes.TrimLeft(form[first:], "0")
	if len(significant) == 0 {
		return append(form[:start], '0'), true
	}
	form = form[:first+copy(form[first:], significant)]
	return strconv.AppendInt(append(form, 'e'), int64(power), 10), true
}

// digits cuts the decimal digits off the beginning of a text.
func digits(text []byte) (digits, rest []byte) {
	i := 0
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return text[:i], text[i:]
}
