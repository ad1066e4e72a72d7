package why

import "bytes"

// carries reports whether a body has a value, which is the JSON of a scalar: as an element, as the value of a field, or as a key, at any
// depth. The whole value counts: 17 is neither in 170 nor in "n17". Equal numbers are equal however they are written, 17 and 1.7e1. A
// string or a key with the text of a number counts as the number too, because keys have no other form. A string with JSON in it is looked
// into. The fields msg_id, in_reply_to and type belong to the protocol, and do not count.
//
// Nodes speak protocols of their own. So a small number may be in a message by coincidence.
func carries(body, value []byte) bool {
	wanted, ok := canonical(value)
	if !ok {
		return false
	}
	found := false
	eachScalar(body, func(_, scalar []byte) bool {
		found = string(scalar) == wanted
		return !found
	})
	return found
}

// canonical returns the form in which eachScalar gives a value; ok is false if the value is not a scalar.
func canonical(value []byte) (form string, ok bool) {
	value = bytes.Trim(value, " \t\r\n")
	s := scalarScan{text: value}
	s.visit = func(_, scalar []byte) bool {
		if !ok {
			form, ok = string(scalar), true
		}
		return false
	}
	if len(value) == 0 || value[0] == '{' || value[0] == '[' {
		return "", false
	}
	s.value(0)
	return form, ok && s.at == len(value)
}

// eachScalar gives the scalars of a JSON text and their places, in order, until visit returns false. Keys are given too. A place is that
// of the slot, not of the one element: elements of an array have the same place. Equal scalars have the same form (canonical). A string with the
// text of a number is given in both forms.
//
// Of a text that is cut off or malformed, those before the mistake are given. Both slices are good only until visit returns.
func eachScalar(body []byte, visit func(place, scalar []byte) bool) {
	s := scalarScan{text: body, visit: visit}
	s.value(0)
}

// Bounds for texts that are meant to hurt: encoding/json allows 10,000 levels.
const (
	maxDepth    = 1000
	maxEmbedded = 4 // JSON in a string in JSON in a string…
)

// A scalarScan walks through a JSON text. Its methods return false when the walk is over: at a mistake, or because visit says so.
type scalarScan struct {
	text     []byte
	at       int
	place    []byte
	form     []byte // of the scalar, reused
	embedded int
	visit    func(place, scalar []byte) bool
}

func (s *scalarScan) value(depth int) bool {
	s.space()
	if s.at == len(s.text) || depth > maxDepth {
		return false
	}
	switch c := s.text[s.at]; c {
	case '{':
		return s.object(depth + 1)
	case '[':
		return s.array(depth + 1)
	case '"':
		text, ok := s.quoted()
		return ok && s.give(text)
	default:
		return s.bare(depth)
	}
}

func (s *scalarScan) object(depth int) bool {
	s.at++
	place := len(s.place)
	for first := true; ; first = false {
		s.space()
		switch {
		case s.next('}'):
			return true
		case !first && !s.next(','):
			return false
		}
		s.space()
		if s.at == len(s.text) || s.text[s.at] != '"' {
			return false
		}
		key, ok := s.quoted()
		s.space()
		if !ok || !s.next(':') {
			return false
		}
		if ok := s.field(key, depth); !ok {
			return false
		}
		s.place = s.place[:place]
	}
}

// field walks through the key and the value of a field.
func (s *scalarScan) field(key []byte, depth int) bool {
	switch string(key) {
	case "msg_id", "in_reply_to", "type":
		visit := s.visit
		s.visit = func(_, _ []byte) bool { return true }
		defer func() { s.visit = visit }()
		return s.value(depth)
	}
	place := len(s.place)
	s.place = append(s.place, "{}"...)
	if !s.give(key) {
		return false
	}
	s.place = append(s.place[:place], '.')
	if isNumber(key) {
		s.place = append(s.place, '#') // such keys are data: their fields are one slot
	} else {
		s.place = append(s.place, key...)
	}
	return s.value(depth)
}

func (s *scalarScan) array(depth int) bool {
	s.at++
	place := len(s.place)
	s.place = append(s.place, "[]"...)
	for first := true; ; first = false {
		s.space()
		switch {
		case s.next(']'):
			s.place = s.place[:place]
			return true
		case !first && !s.next(','):
			return false
		}
		if !s.value(depth) {
			return false
		}
	}
}

// give visits a string.
func (s *scalarScan) give(text []byte) bool {
	s.form = append(append(s.form[:0], '"'), text...)
	if !s.visit(s.place, s.form) {
		return false
	}
	if len(text) == 0 {
		return true
	}
	if isNumber(text) {
		s.form, _ = appendNumber(s.form[:0], text)
		return s.visit(s.place, s.form)
	}
	if (text[0] != '{' && text[0] != '[') || s.embedded == maxEmbedded {
		return true
	}
	goOn := true
	inner := scalarScan{text: text, place: append(s.place[:len(s.place):len(s.place)], '"'), embedded: s.embedded + 1}
	inner.visit = func(place, scalar []byte) bool {
		goOn = s.visit(place, scalar)
		return goOn
	}
	inner.value(0)
	return goOn
}

// endsBare has the bytes that end a number or a literal.
var endsBare = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, ',': true, ':': true, ']': true, '}': true, '[': true, '{': true, '"': true}

// bare visits a number, true, false or null.
func (s *scalarScan) bare(depth int) bool {
	start := s.at
	for s.at < len(s.text) && !endsBare[s.text[s.at]] {
		s.at++
	}
	if depth > 0 && s.at == len(s.text) {
		return false // cut off: 17 may have been 170
	}
	token := s.text[start:s.at]
	switch string(token) {
	case "true", "false", "null":
		s.form = append(s.form[:0], token...)
	default:
		var ok bool
		if s.form, ok = appendNumber(s.form[:0], token); !ok {
			return false
		}
	}
	return s.visit(s.place, s.form)
}

func (s *scalarScan) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

func (s *scalarScan) next(c byte) bool {
	if s.at == len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}
