package raft

import (
	"slices"
	"sort"
)

// A log is a snapshot and the entries after it. Its slices are never changed in place, but for the part behind their end: so a view of
// the log, or a message with entries, stays as it is.
//
// Invariant: entries[i].Index is snapshot.Index + 1 + i.
type log struct {
	snapshot Snapshot // at Index 0: the beginning, with the initial members
	entries  []Entry

	members      Members // the latest ones, committed or not
	membersIndex uint64  // of the entry or snapshot that has them
}

func newLog(s Snapshot) log {
	return log{snapshot: s, members: s.Members, membersIndex: s.Index}
}

// last returns the index of the last entry.
func (l *log) last() uint64 { return l.snapshot.Index + uint64(len(l.entries)) }

// term returns the term of the entry at index i, if the log has it.
func (l *log) term(i uint64) (uint64, bool) {
	switch {
	case i == l.snapshot.Index:
		return l.snapshot.Term, true
	case i < l.snapshot.Index || i > l.last():
		return 0, false
	}
	return l.entries[i-l.snapshot.Index-1].Term, true
}

// lastTerm returns the term of the last entry.
func (l *log) lastTerm() uint64 {
	t, _ := l.term(l.last())
	return t
}

// after returns the entries after index i, which must not be before the snapshot: at least one, and no more than maxBytes of data.
func (l *log) after(i uint64, maxBytes int) []Entry {
	rest := l.entries[i-l.snapshot.Index:]
	n, bytes := 0, 0
	for n < len(rest) {
		if bytes += len(rest[n].Data); n > 0 && bytes > maxBytes {
			break
		}
		n++
	}
	return rest[:n:n]
}

// between returns the entries after index i, up to index j.
func (l *log) between(i, j uint64) []Entry {
	return l.entries[i-l.snapshot.Index : j-l.snapshot.Index]
}

// replace puts entries into the place of all after index i.
func (l *log) replace(i uint64, entries ...Entry) {
	kept := l.between(l.snapshot.Index, i)
	if i < l.last() {
		kept = slices.Clone(kept) // others may look at what would be overwritten
	}
	if i < l.membersIndex {
		l.members, l.membersIndex = l.membersUpTo(i)
	}
	for _, e := range entries {
		e.Index = l.snapshot.Index + uint64(len(kept)) + 1
		kept = append(kept, e)
		if e.Members != nil {
			l.members, l.membersIndex = *e.Members, e.Index
		}
	}
	l.entries = kept
}

// begin makes s the beginning of the log. What follows it stays if the log has the entry that s ends with: only then is it sure to be
// a continuation (§7).
func (l *log) begin(s Snapshot) {
	t, ok := l.term(s.Index)
	if !ok || t != s.Term {
		*l = newLog(s)
		return
	}
	l.entries = slices.Clone(l.between(s.Index, l.last()))
	l.snapshot = s
	l.members, l.membersIndex = l.membersUpTo(l.last())
}

// lastUpTo returns the highest index up to i, at or after the snapshot, whose entry has at most this term.
func (l *log) lastUpTo(i, term uint64) uint64 {
	if i = min(i, l.last()); i <= l.snapshot.Index {
		return i
	}
	known := l.between(l.snapshot.Index, i)
	n := sort.Search(len(known), func(k int) bool { return known[k].Term > term }) // terms never descend in a log
	return l.snapshot.Index + uint64(n)
}

// membersAt returns the members that count at index i.
func (l *log) membersAt(i uint64) Members {
	m, _ := l.membersUpTo(i)
	return m
}

// membersUpTo returns the latest members up to index i, and where they are.
func (l *log) membersUpTo(i uint64) (Members, uint64) {
	for ; i > l.snapshot.Index; i-- {
		if m := l.entries[i-l.snapshot.Index-1].Members; m != nil {
			return *m, i
		}
	}
	return l.snapshot.Members, l.snapshot.Index
}
