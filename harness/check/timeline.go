package check

import (
	"encoding/json"
	"fmt"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// timelines follows the elements of a set through a history. Each element has a number, which serves as its index in
// arrays: a read costs one array access per listed value and one comparison per element, without any hashing.
type timelines struct {
	h        []history.Op
	inv      []int // see history.Invocations
	elements []element
	small    []int32          // by small integer: the number of its element, or none
	other    map[string]int32 // the number of any other element, by jsonvalue.Key
	numbers  []int32          // scratch space of read
	stranger json.RawMessage  // also scratch space: a value in the list whose kind no element has; nil if there is none

	kinds     map[string]bool // of the elements; see jsonvalue.Kind
	malformed []malformedRead // the first read with each fault
}

// A malformedRead is a read whose value is not a list, or lists values of a kind that was never added.
type malformedRead struct {
	op    history.Op
	what  string // the fault: what the value is instead
	count int    // of reads with the same fault
}

// An element is an element of the set. Its integer fields are positions in the history, or none.
type element struct {
	value       json.RawMessage
	known       int  // the completion that made it known
	lastPresent int  // the latest invocation of a read that listed it
	lastAbsent  int  // the latest invocation of a read that did not list it
	seen        int  // the last read that listed it
	repeated    bool // a read listed it more than once
}

const (
	none     = -1
	maxSmall = 1 << 20 // integers below this are looked up by index, not by hash
)

// add records op, the event at position i, which is an add.
func (t *timelines) add(i int, op history.Op) {
	if op.Type == history.Invoke {
		t.elements[t.track(op.Value)] = element{
			value: op.Value, known: none, lastPresent: none, lastAbsent: none, seen: none,
		}
		return
	}
	if n := t.number(op.Value); op.Type == history.OK && n != none && t.elements[n].known == none {
		t.elements[n].known = i
	}
}

// read records op, a read that completed at position i. It does not affect elements that are added later.
func (t *timelines) read(i int, op history.Op) {
	inv := t.inv[i]
	if inv == none {
		return
	}
	if !t.list(op.Value) {
		t.complain(op, "not a list, but "+jsonvalue.Kind(op.Value))
		return
	}
	if t.stranger != nil {
		t.complain(op, "a list with "+jsonvalue.Kind(t.stranger)+", which no value that was added is")
	}
	for _, n := range t.numbers {
		e := &t.elements[n]
		if e.seen == i {
			e.repeated = true
			continue
		}
		e.seen = i
		e.lastPresent = max(e.lastPresent, inv)
		if e.known == none {
			e.known = i
		}
	}
	for n := range t.elements {
		if e := &t.elements[n]; e.seen != i {
			e.lastAbsent = max(e.lastAbsent, inv)
		}
	}
}

// complain records a read with a malformed value.
func (t *timelines) complain(op history.Op, what string) {
	for i := range t.malformed {
		if t.malformed[i].what == what {
			t.malformed[i].count++
			return
		}
	}
	t.malformed = append(t.malformed, malformedRead{op, what, 1})
}

// String says what the read returned and what is wrong with it.
func (m malformedRead) String() string {
	text := fmt.Sprintf("the read at %s returned %s: that is %s", reason.At(m.op), reason.Quote(m.op.Value), m.what)
	if m.count > 1 {
		text += fmt.Sprintf("; so did %s more", wording.Plural(m.count-1, "read"))
	}
	return text
}

// track returns the number of the element. It assigns a number to a new element.
func (t *timelines) track(raw json.RawMessage) int32 {
	n := t.number(raw)
	if n != none {
		return n
	}
	n = int32(len(t.elements))
	t.elements = append(t.elements, element{})
	t.kinds[jsonvalue.Kind(raw)] = true
	if v, end := digits(raw); v >= 0 && end == len(raw) {
		for len(t.small) <= v {
			t.small = append(t.small, none)
		}
		t.small[v] = n
	} else {
		t.other[jsonvalue.Key(raw)] = n
	}
	return n
}

// number returns the number of the element, or none if it is not tracked.
func (t *timelines) number(raw json.RawMessage) int32 {
	if v, end := digits(raw); v >= 0 && end == len(raw) {
		return t.smallNumber(v)
	}
	if n, ok := t.other[jsonvalue.Key(raw)]; ok {
		return n
	}
	return none
}

func (t *timelines) smallNumber(v int) int32 {
	if v < len(t.small) {
		return t.small[v]
	}
	return none
}

// list sets t.numbers to the numbers of the tracked elements in the list raw. It returns false if raw is not a list. Null is
// an empty list, as in the reference.
func (t *timelines) list(raw json.RawMessage) bool {
	t.numbers, t.stranger = t.numbers[:0], nil
	if t.smallList(raw) {
		return true
	}
	t.numbers = t.numbers[:0]
	var values []json.RawMessage
	if len(raw) > 0 && json.Unmarshal(raw, &values) != nil {
		return false
	}
	for _, v := range values {
		if n := t.number(v); n != none {
			t.numbers = append(t.numbers, n)
		} else if len(t.kinds) > 0 && !t.kinds[jsonvalue.Kind(v)] {
			t.stranger = v
		}
	}
	return true
}

// smallList is a fast version of list for lists of small integers. Nearly all reads return such lists, with millions of
// values in a long test. At any other value it gives up and returns false.
func (t *timelines) smallList(raw json.RawMessage) bool {
	if len(raw) < 2 || raw[0] != '[' {
		return false
	}
	if string(raw) == "[]" {
		return true
	}
	for i := 1; ; {
		v, end := digits(raw[i:])
		if i += end; v < 0 || i == len(raw) {
			return false
		}
		if n := t.smallNumber(v); n != none {
			t.numbers = append(t.numbers, n)
		}
		switch raw[i] {
		case ',':
			i++
		case ']':
			return i+1 == len(raw)
		default:
			return false
		}
	}
}

// digits parses the small integer at the beginning of b, after any blanks, and returns it with the position of its end. If
// there is no small integer, v is -1.
func digits(b []byte) (v, end int) {
	for end < len(b) && b[end] == ' ' {
		end++
	}
	start := end
	for end < len(b) && '0' <= b[end] && b[end] <= '9' {
		if v = 10*v + int(b[end]-'0'); v >= maxSmall {
			return -1, 0
		}
		end++
	}
	if end == start {
		return -1, 0
	}
	return v, end
}

// sinceKnown returns the milliseconds from the time when e was known until just after the invocation at position i. It
// returns 0 if i is none or the invocation was earlier.
func (t *timelines) sinceKnown(e *element, i int) int64 {
	if i == none {
		return 0
	}
	return max(0, t.h[i].Time+1-t.h[e.known].Time) / 1e6
}

// describeLoss names the operation that acknowledged or first showed the lost element, and the first read of those that
// miss it for good.
func (t *timelines) describeLoss(e *element) string {
	known := t.h[e.known]
	how := "acknowledged"
	if known.F == "read" {
		how = "first read"
	}
	s := fmt.Sprintf("value %s, %s at %s", reason.Quote(e.value), how, reason.At(known))
	after := e.known
	if e.lastPresent != none {
		s += fmt.Sprintf(", last in the read begun at %s", reason.At(t.h[e.lastPresent]))
		after = max(e.known, e.lastPresent)
	}
	for i, op := range t.h {
		if t.inv[i] > after && op.F == "read" && op.Type == history.OK {
			return s + fmt.Sprintf(", is missing from the read at %s and from all that began later; it returned %s",
				reason.At(op), reason.Quote(op.Value))
		}
	}
	return s
}
