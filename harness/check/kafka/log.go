package kafka

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"glomers/harness/internal/jsonvalue"
)

// A log has everything that was seen of the log of one key.
type log struct {
	key      string
	messages map[string]*message // by their JSON
	order    []*message          // in the order in which they were first mentioned
	seen     []sighting

	// Set by arrange. A position in the log is an index into slots, which leaves out the gaps between offsets.
	slots  []slot
	values []json.RawMessage // of the first message that was seen in each slot
}

// A sighting says that an operation showed a message at an offset.
type sighting struct {
	entry
	op int // position in the history
}

// A slot is an offset at which at least one message was seen. In a correct log it is exactly one.
type slot struct {
	offset int64
	seen   []sighting // the first sighting of each message in the slot, the earliest first
}

// A message is a message of a log. Its integer fields are positions in the history, or none, unless they say otherwise.
type message struct {
	value json.RawMessage
	log   *log

	invoked   int  // the first attempt to send it; math.MaxInt if there is none
	acked     int  // the first send of it that was ok
	failed    int  // the first send of it that failed
	uncertain bool // a send of it is of unknown outcome
	polled    int  // the first poll that returned it

	// Set by arrange.
	places []place // its places in the log, ascending
	index  int     // its position in the log: the last slot in which it was the first message to be seen, or none
}

// A place is a position in a log, and the operation that first showed a message there.
type place struct {
	index int
	op    int
}

// log returns the log of the key.
func (a *analysis) log(key string) *log {
	l := a.logs[key]
	if l == nil {
		l = &log{key: key, messages: make(map[string]*message)}
		a.logs[key] = l
		a.byAge = append(a.byAge, l)
	}
	return l
}

// message returns the message with the given value.
func (l *log) message(raw json.RawMessage) *message {
	text := jsonvalue.Text(raw)
	m := l.messages[text]
	if m == nil {
		m = &message{value: json.RawMessage(text), log: l, invoked: math.MaxInt, acked: none, failed: none, polled: none, index: none}
		l.messages[text] = m
		l.order = append(l.order, m)
	}
	return m
}

// arrange finds the positions of all messages. It is called once, after all sightings have been recorded.
func (l *log) arrange() {
	slices.SortStableFunc(l.seen, func(a, b sighting) int { return cmp.Compare(a.offset, b.offset) })
	for start, end := 0, 0; start < len(l.seen); start = end {
		s := slot{offset: l.seen[start].offset}
		index := len(l.slots)
		for end = start; end < len(l.seen) && l.seen[end].offset == s.offset; end++ {
			m := l.seen[end].message
			if n := len(m.places); n > 0 && m.places[n-1].index == index {
				continue
			}
			m.places = append(m.places, place{index, l.seen[end].op})
			s.seen = append(s.seen, l.seen[end])
		}
		s.seen[0].index = index
		l.slots = append(l.slots, s)
		l.values = append(l.values, s.seen[0].value)
	}
}

// first and last are the lowest and the highest position of a message that was seen.
func (m *message) first() int { return m.places[0].index }
func (m *message) last() int  { return m.places[len(m.places)-1].index }

// distance returns how many positions b is behind a. If either has no position, b counts as being at its expected place, one
// behind a.
func distance(a, b *message) int {
	if a.index == none || b.index == none {
		return 1
	}
	return b.index - a.index
}

// between returns the messages between two messages that have positions. It does not copy them: there may be as many cases as
// polls, and each poll may leave out the whole log.
func between(a, b *message) []json.RawMessage { return a.log.values[a.index+1 : b.index] }

// slotsBetween returns the slots of the messages that between returns.
func slotsBetween(a, b *message) []slot { return a.log.slots[a.index+1 : b.index] }

// attempted reports whether anybody tried to send the message.
func (m *message) attempted() bool { return m.invoked != math.MaxInt }

// aborted reports whether every attempt to send it failed.
func (m *message) aborted() bool { return m.failed != none && m.acked == none && !m.uncertain }
