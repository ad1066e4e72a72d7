package why

import (
	"encoding/json"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// A growset has the elements of a set that only grows, and the reads of it, as the history has them.
type growset struct {
	*Run
	add      string // the function that adds an element
	elements []element
	number   map[string]int32 // of an element, by jsonvalue.Key
	reads    []read           // that were answered, in the order of their answers
	byNode   map[string][]int // positions of reads
}

// An element is one that a client has tried to add.
type element struct {
	value   json.RawMessage
	inv     history.Op
	acked   bool
	at      int64       // of the acknowledgement
	shownBy *history.Op // the first read that shows it
}

// known returns the time from when on the element has to be in reads; ok is false if it does not have to be.
func (e *element) known() (at int64, ok bool) {
	switch {
	case e.acked && (e.shownBy == nil || e.at <= e.shownBy.Time):
		return e.at, true
	case e.shownBy != nil:
		return e.shownBy.Time, true
	}
	return 0, false
}

// A read is one that was answered.
type read struct {
	at        int // its position in growset.reads
	inv, done history.Op
}

const unknownElement = -1

// newGrowset reads the history.
func newGrowset(r *Run, add string) *growset {
	s := &growset{Run: r, add: add, number: make(map[string]int32), byNode: make(map[string][]int)}
	for i, op := range r.Ops {
		switch {
		case op.Process == history.Nemesis:
		case op.F == add && op.Type == history.Invoke:
			key := jsonvalue.Key(op.Value)
			if _, found := s.number[key]; !found {
				s.number[key] = int32(len(s.elements))
				s.elements = append(s.elements, element{value: op.Value, inv: op})
			}
		case op.F == add && op.Type == history.OK:
			if n := s.numberOf(op.Value); n != unknownElement && !s.elements[n].acked {
				s.elements[n].acked, s.elements[n].at = true, op.Time
			}
		case op.F == "read" && op.Type == history.OK:
			inv, ok := r.Invocation(i)
			if !ok {
				continue
			}
			s.byNode[op.Node] = append(s.byNode[op.Node], len(s.reads))
			s.reads = append(s.reads, read{len(s.reads), inv, op})
			for _, n := range s.listed(op.Value) {
				if n != unknownElement && s.elements[n].shownBy == nil {
					s.elements[n].shownBy = &r.Ops[i]
				}
			}
		}
	}
	return s
}

func (s *growset) numberOf(raw json.RawMessage) int32 {
	if n, ok := s.number[jsonvalue.Key(raw)]; ok {
		return n
	}
	return unknownElement
}

// listed returns the numbers of the elements in a list, in its order, and unknownElement for other values. It is nil for anything that is no
// list.
func (s *growset) listed(raw json.RawMessage) []int32 {
	if numbers, ok := s.integers(raw); ok {
		return numbers
	}
	list := values(raw)
	numbers := make([]int32, len(list))
	for i, v := range list {
		numbers[i] = s.numberOf(v)
	}
	return numbers
}

// integers is a fast version of listed for lists of digits, which nearly all are. It gives up at any other list.
func (s *growset) integers(raw json.RawMessage) (numbers []int32, ok bool) {
	if len(raw) < 3 || raw[0] != '[' || raw[len(raw)-1] != ']' {
		return nil, false
	}
	start := 1
	for i := 1; i < len(raw); i++ {
		switch c := raw[i]; {
		case '0' <= c && c <= '9':
		case i > start && (c == ',' || c == ']' && i == len(raw)-1):
			n, found := s.number[string(raw[start:i])]
			if !found {
				n = unknownElement
			}
			numbers = append(numbers, n)
			start = i + 1
		default:
			return nil, false
		}
	}
	return numbers, true
}

// values returns the values in a list.
func values(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// readsAt returns the reads at a node that began in a period, in the order of their answers.
func (s *growset) readsAt(node string, from, until int64) []read {
	var all []read
	for _, i := range s.byNode[node] {
		if r := s.reads[i]; from <= r.inv.Time && r.inv.Time <= until {
			all = append(all, r)
		}
	}
	return all
}
