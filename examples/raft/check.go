package raft

import (
	"fmt"
	"reflect"
)

// A Checker looks whether cores keep what figure 3 of the paper promises. It is given the Status of a core after each of its events, and
// remembers what was there before. The zero value has seen nothing.
//
// Log matching and leader completeness speak of whole logs, but what changes is looked at once: if no two entries at the same place
// differ in themselves or in the term before them, then, by induction, neither do the logs before them.
type Checker struct {
	leaders   map[uint64]string // of each term
	entries   map[place]content // of all logs
	committed []commitment      // committed[i] is the entry at index i+1
	nodes     []Status          // the last of each node that runs
}

// A place in the log is that of one entry at most: a term has one leader, which puts one entry there.
type place struct{ index, term uint64 }

// A content is what goes with a place.
type content struct {
	before uint64 // the term of the entry before
	entry  Entry
}

// A commitment is an entry that some node takes for committed.
type commitment struct {
	term uint64 // of the entry
	by   uint64 // of the first node that took it for committed
}

// Restarted says that a node has ended its life. In its next one it may have forgotten what it had promised to nobody.
func (k *Checker) Restarted(id string) {
	for i, s := range k.nodes {
		if s.ID == id {
			k.nodes = append(k.nodes[:i:i], k.nodes[i+1:]...)
			return
		}
	}
}

// Check returns the first promise that the nodes, as they are now, have broken.
func (k *Checker) Check(now ...Status) error {
	if k.entries == nil {
		k.leaders, k.entries = make(map[uint64]string), make(map[place]content)
	}
	for _, s := range now {
		if err := k.check(s); err != nil {
			return fmt.Errorf("raft: %w", err)
		}
	}
	return nil
}

func (k *Checker) check(s Status) error {
	before, known := k.swap(s)
	if known {
		if err := forward(before, s); err != nil {
			return err
		}
	}
	if s.Commit < s.Snapshot.Index || s.Commit > s.Last() {
		return fmt.Errorf("%s has committed index %d, but has the entries from %d to %d", s.ID, s.Commit, s.Snapshot.Index+1, s.Last())
	}
	if err := k.logMatching(s, before); err != nil {
		return err
	}
	if err := k.stateMachineSafety(s, before.Commit); err != nil {
		return err
	}
	if err := k.acknowledged(s); err != nil {
		return err
	}
	if s.Role != Leader {
		return nil
	}
	if other, ok := k.leaders[s.Term]; ok && other != s.ID {
		return fmt.Errorf("election safety: both %s and %s have led term %d", other, s.ID, s.Term)
	}
	k.leaders[s.Term] = s.ID
	return k.leaderCompleteness(s)
}

// swap remembers s, and returns what was remembered of the node.
func (k *Checker) swap(s Status) (before Status, known bool) {
	for i := range k.nodes {
		if before = k.nodes[i]; before.ID == s.ID {
			k.nodes[i] = s
			return before, true
		}
	}
	k.nodes = append(k.nodes, s)
	return Status{}, false
}

// forward checks that a node does not go back: in its terms, its vote, what it takes for committed, and, as a leader, its log and what
// others have acknowledged.
func forward(before, s Status) error {
	switch {
	case s.Term < before.Term:
		return fmt.Errorf("the term of %s goes back from %d to %d", s.ID, before.Term, s.Term)
	case s.Term == before.Term && before.Voted != "" && s.Voted != before.Voted:
		return fmt.Errorf("in term %d, %s votes for %q after it voted for %s", s.Term, s.ID, s.Voted, before.Voted)
	case s.Commit < before.Commit:
		return fmt.Errorf("the commit index of %s goes back from %d to %d", s.ID, before.Commit, s.Commit)
	case s.Term != before.Term || s.Role != Leader || before.Role != Leader:
		return nil
	}
	if last := (place{before.Last(), before.term(before.Last())}); !s.has(last) {
		return fmt.Errorf("leader append-only: %s, the leader of term %d, no longer has its entry %d of term %d", s.ID, s.Term, last.index, last.term)
	}
	for _, p := range s.Peers {
		if p.Next <= p.Match {
			return fmt.Errorf("the leader %s would send entry %d to %s, which has acknowledged entry %d", s.ID, p.Next, p.ID, p.Match)
		}
	}
	for _, p := range before.Peers {
		for _, q := range s.Peers {
			if p.ID == q.ID && q.Match < p.Match {
				return fmt.Errorf("for the leader %s the match index of %s goes back from %d to %d", s.ID, p.ID, p.Match, q.Match)
			}
		}
	}
	return nil
}

// logMatching: if two logs contain an entry with the same index and term, then the logs are identical in all entries up through it.
func (k *Checker) logMatching(s, before Status) error {
	for i := s.sameUpTo(before) + 1; i <= s.Last(); i++ {
		e := s.Entries[i-s.Snapshot.Index-1]
		at, is := place{i, e.Term}, content{s.term(i - 1), e}
		was, ok := k.entries[at]
		if !ok {
			k.entries[at] = is
		} else if !reflect.DeepEqual(was, is) {
			return fmt.Errorf("log matching: the entry %d of term %d is %s after term %d at %s, and was %s after term %d",
				i, e.Term, is.entry.content(), is.before, s.ID, was.entry.content(), was.before)
		}
	}
	return nil
}

// stateMachineSafety: if a node has applied an entry at an index, no other node applies a different one there.
func (k *Checker) stateMachineSafety(s Status, from uint64) error {
	for i := max(from, s.Snapshot.Index); i <= s.Commit; i++ {
		switch n := uint64(len(k.committed)); {
		case i == 0 || i > n+1: // the beginning; or behind a snapshot that nobody was seen to commit
		case i == n+1:
			k.committed = append(k.committed, commitment{s.term(i), s.Term})
			for _, leader := range k.nodes {
				if err := k.leaderCompleteness(leader); err != nil {
					return err
				}
			}
		case k.committed[i-1].term != s.term(i):
			return fmt.Errorf("state machine safety: %s takes the entry %d of term %d for committed, but that of term %d was",
				s.ID, i, s.term(i), k.committed[i-1].term)
		}
	}
	return nil
}

// leaderCompleteness: an entry that was committed in a term is in the log of the leader of each later term. It is enough to look at the
// last of them.
func (k *Checker) leaderCompleteness(s Status) error {
	for i := len(k.committed); s.Role == Leader && i > 0; i-- {
		c := k.committed[i-1]
		if c.by >= s.Term {
			continue
		}
		if index := uint64(i); index > s.Snapshot.Index && !s.has(place{index, c.term}) {
			return fmt.Errorf("leader completeness: %s, the leader of term %d, lacks the entry %d of term %d, which was committed in term %d",
				s.ID, s.Term, index, c.term, c.by)
		}
		return nil
	}
	return nil
}

// acknowledged: a member that is in the leader's term has everything that the leader counts it for. (Figure 3 does not say this, but the proof
// of leader completeness needs it, and it breaks sooner.)
func (k *Checker) acknowledged(s Status) error {
	for _, leader := range k.nodes {
		for _, p := range leader.Peers {
			for _, n := range k.nodes {
				if n.ID != p.ID || n.Term != leader.Term || s.ID != n.ID && s.ID != leader.ID {
					continue
				}
				if n.Last() < p.Match || p.Match > leader.Snapshot.Index && !n.has(place{p.Match, leader.term(p.Match)}) {
					return fmt.Errorf("the leader of term %d, %s, counts %s for the entries up to %d, which it does not have", leader.Term, leader.ID, n.ID, p.Match)
				}
			}
		}
	}
	return nil
}

// term returns the term of the entry at index i, or 0.
func (s Status) term(i uint64) uint64 {
	switch {
	case i == s.Snapshot.Index:
		return s.Snapshot.Term
	case i < s.Snapshot.Index || i > s.Last():
		return 0
	}
	return s.Entries[i-s.Snapshot.Index-1].Term
}

// has reports whether the log has the entry at p, or a snapshot in its place.
func (s Status) has(p place) bool {
	return p.index < s.Snapshot.Index || p.index <= s.Last() && s.term(p.index) == p.term
}

// sameUpTo returns an index up to which the log is that of before, and in the same memory: it was not changed there.
func (s Status) sameUpTo(before Status) uint64 {
	if len(before.Entries) > 0 && len(s.Entries) >= len(before.Entries) && &s.Entries[0] == &before.Entries[0] {
		return before.Last()
	}
	return s.Snapshot.Index
}

// content describes what e has.
func (e Entry) content() string {
	switch {
	case e.Members != nil:
		return fmt.Sprintf("the members (%v)", e.Members)
	case e.Data != nil:
		return string(e.Data)
	}
	return "empty"
}
