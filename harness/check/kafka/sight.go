package kafka

import "encoding/json"

// A Sight is a message at an offset, and the operation that showed it there first.
type Sight struct {
	Value  json.RawMessage
	Offset int64
	Op     int // position in the history
}

// Acked returns the message that was lost.
func (c LostWriteCase) Acked() Sight { return Sight{c.Value, c.offset, c.acked} }

// Behind returns a polled message that is not before the lost one.
func (c LostWriteCase) Behind() Sight { return Sight{c.behind, c.behindOffset, c.behindReader} }

// Sights returns the messages at the offset, in the order in which they were first seen.
func (c InconsistentCase) Sights() []Sight {
	all := make([]Sight, len(c.Values))
	for i, v := range c.Values {
		all[i] = Sight{v, c.Offset, c.seen[i]}
	}
	return all
}

// Sights returns the places of the message, by ascending offset.
func (c DuplicateCase) Sights() []Sight {
	all := make([]Sight, len(c.Offsets))
	for i, offset := range c.Offsets {
		all[i] = Sight{c.Value, offset, c.seen[i]}
	}
	return all
}

// Steps returns the two messages that followed one another, and the first message between them.
func (c SkipCase) Steps() (from, to, over Sight) {
	return c.from.sight(c.Ops[0]), c.to.sight(c.Ops[1]), first(c.over)
}

// Steps returns the two messages that followed one another, and the first message between them.
func (c IntSkipCase) Steps() (from, to, over Sight) {
	return c.from.sight(c.Op), c.to.sight(c.Op), first(c.over)
}

// Steps returns the two messages that followed one another.
func (c NonmonotonicCase) Steps() (from, to Sight) {
	return c.from.sight(c.Ops[0]), c.to.sight(c.Ops[1])
}

// Steps returns the two messages that followed one another.
func (c IntNonmonotonicCase) Steps() (from, to Sight) { return c.from.sight(c.Op), c.to.sight(c.Op) }

// sight returns the spot as the operation showed it. If it showed no offset, it is that at which the message counts.
func (s spot) sight(op int) Sight {
	if !s.known {
		return Sight{s.value, s.counted, op}
	}
	return Sight{s.value, s.shown, op}
}

// first returns the first message in the first of some slots, which are never none.
func first(slots []slot) Sight {
	s := slots[0]
	return Sight{s.seen[0].value, s.offset, s.seen[0].op}
}
