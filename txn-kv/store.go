package main

import (
	"container/list"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
)

// A store is what a node knows of the database: for each key the value and its stamp. It runs transactions, and
// is merged with the stores of other nodes. Neither can fail halfway, or be seen halfway.
//
// # Why reads are atomic and causal
//
// Let S be the set of the transactions with writes that a store knows: those that it has run, and those
// that others had run when it was merged with them. Three things are always true:
//
//	I1  S is closed: with a transaction it has all that this one saw, which is all of S where it ran, at that time.
//	I2  S is the set that have stands for: of each origin it has a first part, up to the time in have.
//	I3  A key's register is the write to that key with the highest stamp in S.
//
// By I3 the store is the result of running the transactions of S whole, one after the other, in the order of stamps. So it does
// no harm that parts of a transaction may have been overwritten, by later stamps, when it arrives: a reader that sees any of its
// writes finds under each of its other keys that write or one with a later stamp, as after any serial execution. The
// reader never finds a value from before.
//
//   - run: the new transaction T sees S. Its stamp is higher than all in S, hence each of its
//     writes wins (I3), and its time is the last of its origin (I2). T is added to S, which
//     has all that T saw (I1).
//   - merge: the message comes from a store with a set S', and has all registers of S' as it was then that are
//     not in the set of Base. The receiver does nothing unless its S includes Base's set.
//     Then S becomes S ∪ S'. That is closed (I1), and of each origin the longer first part (I2).
//     Take the highest stamp of a key in S ∪ S'. If it is in S, it is the receiver's register and stays.
//     If it is in S' and not in S, hence not in Base's set, it is in the message and wins (I3).
//
// These are the axioms of causal consistency of Cerone, Bernardi and Gotsman (2015), which include those of read atomicity: S is
// what T sees; stamps are the order of arbitration, which extends seeing; seeing is transitive (I1); and each read returns the
// last write seen, in that order (I3). A store that always answers and always converges can hardly do better (Mahajan, Alvisi,
// Dahlin 2011): nodes that are cut off from each other cannot know that they overwrite the same value.
//
// Sets only grow and merging is their union, so it is commutative, associative and idempotent: lost, repeated and overtaking
// messages do no harm, and stores that have merged the same are the same. The messages are delta-intervals of this CRDT, and
// Base is their causal merging condition (Almeida, Shoker, Baquero 2018).
type store struct {
	origin    string // of the transactions that run here
	have      vector
	clock     int64 // the highest time in have
	registers map[key]*register
	recent    map[string]*list.List // by origin: the registers it wrote last, by ascending time

	properties
}

// A register is a key's latest write, and its place in recent.
type register struct {
	write
	place *list.Element
}

// A write is the value that a transaction has given to a key.
type write struct {
	Key   key             `json:"key"`
	Value json.RawMessage `json:"value"`
	stamp
}

// An update is what one store tells another. It is one line whatever its size, as a part of it could be half a transaction.
type update struct {
	Have   vector  `json:"have"`             // the set of transactions that the sender knows
	Base   vector  `json:"base,omitempty"`   // the set of those that the receiver must know
	Writes []write `json:"writes,omitempty"` // all registers of the sender that are not of Base, by ascending stamps
}

// newStore returns an empty store.
func newStore(origin string) *store {
	return &store{
		origin:    origin,
		have:      vector{origin: 0},
		registers: make(map[key]*register),
		recent:    make(map[string]*list.List),
	}
}

// run runs a transaction and returns it with the values that its reads have found, earlier writes of its own among them. wall is
// the time of the wall clock in µs.
func (s *store) run(txn []microOp, wall int64) []microOp {
	at := stamp{max(wall, s.clock+1), s.origin}
	done := make([]microOp, len(txn))
	for i, op := range txn {
		done[i] = op
		if op.write {
			s.put(write{op.key, op.value, at})
			s.have[s.origin], s.clock = at.Time, at.Time
		} else if r := s.registers[op.key]; r != nil {
			done[i].value = r.Value
		}
	}
	return done
}

// put makes w its key's register if no later write is there.
func (s *store) put(w write) {
	r := s.registers[w.Key]
	if r == nil {
		r = &register{}
		s.registers[w.Key] = r
	} else {
		switch c := w.compare(r.stamp); {
		case c < 0:
			return
		case c == 0: // the transaction has written the key before
			r.Value = w.Value
			return
		}
		s.recent[r.Origin].Remove(r.place)
	}
	r.write = w
	// A new write is later than all known writes of its origin (I2), so the list stays in order.
	if s.recent[w.Origin] == nil {
		s.recent[w.Origin] = list.New()
	}
	r.place = s.recent[w.Origin].PushBack(r)
}

// since returns the registers that are not of base's set, by ascending stamps.
func (s *store) since(base vector) []write {
	var writes []write
	for _, origin := range slices.Sorted(maps.Keys(s.recent)) {
		for e := s.recent[origin].Back(); e != nil; e = e.Prev() {
			r := e.Value.(*register)
			if base.includes(r.stamp) {
				break
			}
			writes = append(writes, r.write)
		}
	}
	slices.SortStableFunc(writes, func(a, b write) int { return a.compare(b.stamp) })
	return writes
}

// merge adds what another store knows. If this store lacks a part of the base, merge does nothing and returns false.
func (s *store) merge(u update) bool {
	if !s.have.covers(u.Base) {
		s.refused.Reach()
		return false
	}
	for _, w := range u.Writes {
		if r := s.registers[w.Key]; r != nil {
			s.overtaken.Check(w.compare(r.stamp) < 0)
		}
		s.put(w)
	}
	s.have.raise(u.Have)
	for _, w := range u.Writes {
		s.known.Check(s.have.includes(s.registers[w.Key].stamp), slog.String("key", string(w.Key)))
	}
	for _, t := range u.Have {
		s.clock = max(s.clock, t)
	}
	return true
}

// valid reports whether u can come from a store.
func (u update) valid() bool {
	for i, w := range u.Writes {
		if w.Key == "" || w.Value == nil || w.Time <= 0 || !u.Have.includes(w.stamp) ||
			i > 0 && w.compare(u.Writes[i-1].stamp) < 0 {
			return false
		}
	}
	return true
}
