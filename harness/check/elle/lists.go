package elle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// lists is a log in which keys hold lists, to which transactions append. Only the reads of ok transactions count. Any
// transaction that is not known to have failed may have appended its elements.
type lists struct {
	*log
	steps [][]listStep // of each transaction

	elements []element // the first ones, one for each key, stand for the beginnings of lists
	states   []state   // the first ones, one for each key, are empty lists
	longest  []int32   // of each key: the state that is its longest list
	order    [][]int32 // of each key: the elements in the order of their appends, from the beginning
	reads    int32     // the number of reads

	ambiguous []int32 // elements that were read and had been appended more than once

	numbers  map[elementOf]int32 // of elements
	branches map[branch]int32    // states that are not the first child
}

type listStep struct {
	write bool
	null  bool // the list was read as null, not as []
	key   int32
	at    int32 // the element appended, or the state read
}

// An element is a value that was appended to a key or read from it.
type element struct {
	key    int32
	value  string // JSON
	writer int32  // the transaction that appended it, or nobody
	other  int32  // another transaction that appended it, so that a read does not say whose append it saw; or nobody
	place  int32  // in the order of the key; 0 if it is not in the longest list
	read   int32  // the number of the last read that had it, from 1
	passed bool   // its transaction appended something else to the key afterwards
}

// nobody stands in place of a transaction if there is none.
const nobody = -1

// A state is a list that was read, or a prefix of such a list. The states of a key form a tree, in which a child has one
// element more than its parent. States on one path from the root agree with each other; states on different branches
// contradict each other.
type state struct {
	before int32 // the parent, which is one element shorter; -1 for an empty list
	child  int32 // the first child, which is one element longer; 0 if there is none
	last   int32 // the last element
	length int32
	reader int32 // the first transaction that read the list or a longer one, or nobody
	twice  bool  // the list has some element twice
	forked bool  // there are several states one element longer
}

type elementOf struct {
	key   int32
	value string
}

type branch struct{ before, last int32 }

func newLists(h []history.Op) *lists {
	l := &lists{
		log:     parseLog(h, listOps),
		numbers: make(map[elementOf]int32), branches: make(map[branch]int32),
	}
	for key := range int32(len(l.keys.values)) {
		l.elements = append(l.elements, element{key: key, writer: nobody, other: nobody})
		l.states = append(l.states, state{before: -1, last: key, reader: nobody})
		l.longest = append(l.longest, key)
	}
	l.steps = make([][]listStep, len(l.txns))
	for t := range l.txns {
		l.steps[t], l.txns[t].ops = l.parseSteps(t), nil // the texts are not needed again
	}
	l.leaveOutAmbiguous()
	l.sort()
	return l
}

// parseSteps returns the appends of a transaction and, if it is ok, its reads.
func (l *lists) parseSteps(t int) []listStep {
	steps := make([]listStep, 0, len(l.txns[t].ops))
	for _, op := range l.txns[t].ops {
		if op.f == 'a' {
			steps = append(steps, listStep{write: true, key: op.key, at: l.append(t, op.key, op.value)})
			continue
		}
		if l.txns[t].status != history.OK {
			continue
		}
		s, ok := l.read(t, op.key, op.value)
		if !ok {
			l.malformed = append(l.malformed, fmt.Sprintf("op %d read %s from key %s, which is not a list",
				l.op(t).Index, clip(string(op.value)), clip(l.keys.values[op.key])))
			continue
		}
		steps = append(steps, listStep{null: string(op.value) == "null", key: op.key, at: s})
	}
	last := make(map[int32]int32) // elements by key
	for _, s := range steps {
		if !s.write {
			continue
		}
		if e, ok := last[s.key]; ok {
			l.elements[e].passed = true
		}
		last[s.key] = s.at
	}
	return steps
}

// append records that t appended an element, and returns the element.
func (l *lists) append(t int, key int32, value json.RawMessage) int32 {
	n := l.element(key, value)
	e := &l.elements[n]
	if e.writer == nobody {
		e.writer = int32(t)
	} else {
		e.other = int32(t)
	}
	return n
}

// element returns the number of an element.
func (l *lists) element(key int32, value json.RawMessage) int32 {
	e := elementOf{key, jsonvalue.Text(value)}
	n, ok := l.numbers[e]
	if !ok {
		n = int32(len(l.elements))
		l.numbers[e] = n
		l.elements = append(l.elements, element{key: key, value: e.value, writer: nobody, other: nobody})
	}
	return n
}

// read records that t read a list, and returns its state. It returns false if the value is not a list.
func (l *lists) read(t int, key int32, list json.RawMessage) (s int32, ok bool) {
	l.reads++
	s = key
	if string(list) == "null" {
		return s, true
	}
	if list[0] != '[' {
		return 0, false
	}
	twice := false
	for value := range items(list) {
		s = l.longer(s, key, value)
		at, e := &l.states[s], &l.elements[l.states[s].last]
		if at.reader == nobody {
			at.reader = int32(t)
		}
		twice = twice || e.read == l.reads
		at.twice, e.read = twice, l.reads
	}
	if l.states[s].length > l.states[l.longest[key]].length {
		l.longest[key] = s
	}
	return s, true
}

// longer returns the state that has value in addition to the elements of s.
func (l *lists) longer(s, key int32, value json.RawMessage) int32 {
	first := l.states[s].child
	if first != 0 && l.elements[l.states[first].last].value == string(value) {
		return first // nearly always, since reads agree
	}
	e := l.element(key, value)
	if first != 0 && l.states[first].last == e {
		return first
	}
	n, ok := l.branches[branch{s, e}]
	if ok {
		return n
	}
	n = int32(len(l.states))
	if first == 0 {
		l.states[s].child = n
	} else {
		l.states[s].forked = true
		l.branches[branch{s, e}] = n
	}
	l.states = append(l.states, state{before: s, last: e, length: l.states[s].length + 1, reader: nobody})
	return n
}

// isEmpty reports whether a state is an empty list.
func (l *lists) isEmpty(s int32) bool { return l.states[s].before < 0 }

// leaveOutAmbiguous removes all steps on keys with an ambiguous element, for which a read does not say whose append it saw.
func (l *lists) leaveOutAmbiguous() {
	keys := make(map[int32]bool)
	for n, e := range l.elements {
		if e.other != nobody && e.read > 0 {
			l.ambiguous = append(l.ambiguous, int32(n))
			keys[e.key] = true
		}
	}
	if len(keys) == 0 {
		return
	}
	for t := range l.steps {
		l.steps[t] = slices.DeleteFunc(l.steps[t], func(s listStep) bool { return keys[s.key] })
	}
	for key := range keys {
		l.longest[key] = key
	}
	for s := range l.states {
		if keys[l.elements[l.states[s].last].key] {
			l.states[s].forked = false
		}
	}
}

// items returns the items of an array, which must be valid JSON.
func items(array json.RawMessage) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		depth, begin, quoted := 0, 1, false
		for i := 0; i < len(array); i++ {
			c := array[i]
			switch {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[' || c == '{':
				depth++
			case c == '}' || c == ']' && depth > 1:
				depth--
			case depth == 1 && (c == ',' || c == ']'):
				if item := array[begin:i]; c == ',' || begin > 1 || len(bytes.TrimSpace(item)) > 0 {
					if !yield(item) {
						return
					}
				}
				begin = i + 1
			}
		}
	}
}
