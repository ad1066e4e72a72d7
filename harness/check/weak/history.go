package weak

import "slices"

// A History is a history of transactions over registers. Keys are numbered from 0 to Keys-1. A version is one value of one key.
// Versions are numbered from 0 to Versions-1 over all keys, so versions of different keys have different numbers.
type History struct {
	Txns           []Txn // the transactions of one session are in its order
	Keys, Versions int
}

// A Txn is one transaction.
type Txn struct {
	Session int
	Outcome Outcome
	Ops     []Op
}

// An Outcome says whether a transaction committed.
type Outcome uint8

// The outcomes. The reads of a transaction of Unknown outcome are ignored, because their results are unknown too.
const (
	Committed Outcome = iota
	Aborted
	Unknown
)

// An Op reads or writes a version of a key.
type Op struct {
	Write   bool
	Key     int32
	Version int32
}

// Null is the version of a key that was never written.
const Null int32 = -1

// Initial stands for the transaction that wrote Null to every key, before all others.
const Initial = -1

// An index is a history in the form that the algorithms use.
type index struct {
	h *History

	writer []int32 // of each version: the transaction that wrote it, or Initial if nobody wrote it
	second []int32 // of each version: the transaction of a second write, possibly the same one; -1 if there is no second write
	nulled []int32 // of each key: a transaction that wrote Null, -1 if there is none
	final  []bool  // of each version: its transaction did not overwrite it

	// in is set for the transactions that certainly committed.
	in []bool
	// session and place are, for each transaction, the number of its session and its place in that session.
	session, place []int32
	sessions       [][]int32

	reads  grouped[read]  // of each transaction: its external reads, in program order
	writes grouped[int32] // of each transaction: the keys that it wrote
}

// A read is an external read: its transaction had not written the key before.
type read struct {
	key, version int32
	from         int32 // the transaction that wrote the version, or Initial
}

// grouped has the items of each transaction.
type grouped[T any] struct {
	first []int32
	items []T
}

func (g *grouped[T]) of(t int32) []T { return g.items[g.first[t]:g.first[t+1]] }

// stamps is a map from small numbers to numbers that can be cleared in constant time.
type stamps struct {
	round int32
	at    []int32
	value []int32
}

func newStamps(n int) *stamps { return &stamps{at: make([]int32, n), value: make([]int32, n)} }

func (s *stamps) clear() { s.round++ }

func (s *stamps) set(i, v int32) { s.at[i], s.value[i] = s.round, v }

func (s *stamps) get(i int32) (int32, bool) { return s.value[i], s.at[i] == s.round }

func newIndex(h *History) *index {
	n := len(h.Txns)
	x := &index{
		h:      h,
		writer: slices.Repeat([]int32{Initial}, h.Versions), second: slices.Repeat([]int32{-1}, h.Versions),
		nulled: slices.Repeat([]int32{-1}, h.Keys), final: make([]bool, h.Versions),
		in: make([]bool, n), session: make([]int32, n), place: make([]int32, n),
	}
	x.findWriters()
	return x
}

// findWriters finds the transaction that wrote each version, even if it aborted.
func (x *index) findWriters() {
	last := newStamps(x.h.Keys)
	for t, txn := range x.h.Txns {
		last.clear()
		for _, op := range slices.Backward(txn.Ops) {
			if !op.Write {
				continue
			}
			_, later := last.get(op.Key)
			last.set(op.Key, op.Version)
			switch {
			case op.Version == Null:
				x.nulled[op.Key] = int32(t)
			case x.writer[op.Version] != Initial:
				x.second[op.Version] = int32(t)
			default:
				x.writer[op.Version] = int32(t)
				x.final[op.Version] = !later
			}
		}
	}
}

// ambiguous returns the transactions of two writes of op.Version, if there are two: a read of it may have read from either.
func (x *index) ambiguous(op Op) (a, b int32, is bool) {
	if op.Version == Null {
		return Initial, x.nulled[op.Key], x.nulled[op.Key] >= 0
	}
	return x.writer[op.Version], x.second[op.Version], x.second[op.Version] >= 0
}

// commit finds the transactions that certainly committed, puts them into their sessions, and lists the keys that they wrote.
func (x *index) commit() {
	for t, txn := range x.h.Txns {
		x.in[t] = txn.Outcome == Committed
	}
	for _, r := range x.reads.items {
		if r.from != Initial {
			x.in[r.from] = true // a transaction that was read from committed, even if its outcome is unknown
		}
	}
	numbers := make(map[int]int32)
	wrote := newStamps(x.h.Keys)
	x.writes.first = make([]int32, 1, len(x.h.Txns)+1)
	for t, txn := range x.h.Txns {
		if x.in[t] {
			s, ok := numbers[txn.Session]
			if !ok {
				s = int32(len(x.sessions))
				numbers[txn.Session] = s
				x.sessions = append(x.sessions, nil)
			}
			x.session[t], x.place[t] = s, int32(len(x.sessions[s]))
			x.sessions[s] = append(x.sessions[s], int32(t))
			wrote.clear()
			for _, op := range txn.Ops {
				if _, again := wrote.get(op.Key); op.Write && !again {
					wrote.set(op.Key, op.Version)
					x.writes.items = append(x.writes.items, op.Key)
				}
			}
		}
		x.writes.first = append(x.writes.first, int32(len(x.writes.items)))
	}
}
