package scopes

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"glomers/examples/raft"
	"glomers/examples/raft/bugs"
	"glomers/harness/explore"
	"glomers/node"
)

// A watcher checks after each action what must hold of the cores: figure 3 of the paper, and the rules of figure 2 that it rests on.
type watcher struct {
	cores raft.Checker
	nodes []*node.Node // as they were after the last action
	last  []bugs.State // of each node
	began []uint64     // for each node: how much was committed somewhere when its last read began

	values  map[uint64]int          // of the state machine, by the index up to which the log was applied
	members map[uint64]raft.Members // by the index up to which it was committed
	asked   bool                    // a leader may have asked for any election
}

// invariant returns the invariant of a scope, in which leaders may have asked for elections, or have not. An execution has other nodes than the one before.
func invariant(asked bool) func(c explore.Cluster) error {
	var w *watcher
	return func(c explore.Cluster) error {
		if w == nil || w.over(c) {
			n := len(c.Nodes())
			w = &watcher{nodes: make([]*node.Node, n), last: make([]bugs.State, n), began: make([]uint64, n), values: make(map[uint64]int), members: make(map[uint64]raft.Members), asked: asked}
		}
		return w.check(c)
	}
}

// over reports whether another execution has begun: within one, a node is down before it has a new life.
func (w *watcher) over(c explore.Cluster) bool {
	for i, was := range w.nodes {
		if is := c.Node(i); was != nil && is != nil && is != was {
			return true
		}
	}
	return false
}

func (w *watcher) check(c explore.Cluster) error {
	for i, id := range c.Nodes() {
		was := w.nodes[i]
		if w.nodes[i] = c.Node(i); w.nodes[i] == nil {
			if was != nil {
				w.cores.Restarted(id)
			}
			w.last[i] = bugs.State{}
			continue
		}
		s := c.Shown(i).(bugs.State)
		if err := w.cores.Check(s.Raft); err != nil {
			return err
		}
		if err := errors.Join(leads(w.last[i].Raft, s.Raft), w.reads(i, s), w.votes(i, s.Raft)); err != nil {
			return fmt.Errorf("raft: %s: %w", id, err)
		}
		w.last[i] = s
	}
	for _, s := range w.last {
		if s.Raft.ID == "" {
			continue // it is down
		}
		if err := w.same(s); err != nil {
			return fmt.Errorf("raft: %s: %w", s.Raft.ID, err)
		}
	}
	return nil
}

// reads checks that a read sees everything that was committed when it began.
func (w *watcher) reads(i int, s bugs.State) error {
	if s.Asked > w.last[i].Asked {
		for _, other := range w.last {
			w.began[i] = max(w.began[i], other.Raft.Commit)
		}
	}
	if r, ok := s.Reads[s.Asked]; ok && !r.Failed && r.Index < w.began[i] {
		return fmt.Errorf("a read sees the log up to %d, but up to %d it was committed when the read began", r.Index, w.began[i])
	}
	return nil
}

// same checks that nodes which have the same part of the log have the same state machine (figure 3: state machine safety) and the same members (thesis 4.1).
func (w *watcher) same(s bugs.State) error {
	if value, ok := w.values[s.Applied]; ok && value != s.Value {
		return fmt.Errorf("its state after the entry %d is %d, and was %d elsewhere", s.Applied, s.Value, value)
	}
	w.values[s.Applied] = s.Value
	r := s.Raft
	if r.MembersIndex > r.Commit {
		return nil
	}
	if members, ok := w.members[r.Commit]; ok && !reflect.DeepEqual(members, r.Members) {
		return fmt.Errorf("its members after the entry %d are %v, and were %v elsewhere", r.Commit, r.Members, members)
	}
	w.members[r.Commit] = r.Members
	return nil
}

// votes checks that a server does not obey a candidate that was removed, while it hears of the leader that has removed it (thesis 4.2.3). A server
// hears of a leader until its clock goes on, which it does only with its own timer.
func (w *watcher) votes(i int, s raft.Status) error {
	was := w.last[i].Raft
	if w.asked || was.Leader == "" || s.Term == was.Term || s.Voted == "" || s.Voted == s.ID {
		return nil
	}
	for _, other := range w.last {
		if l := other.Raft; l.ID == was.Leader && l.Role == raft.Leader && l.Term == was.Term && !slices.Contains(l.Members.Voters, s.Voted) {
			return fmt.Errorf("it votes for %s, although it hears of %s, the leader of term %d, which has removed %s", s.Voted, l.ID, l.Term, s.Voted)
		}
	}
	return nil
}

// leads checks what a leader knows of others, and what it commits (figure 2).
func leads(was, s raft.Status) error {
	if s.Role != raft.Leader {
		return nil
	}
	saved := []uint64{}
	for _, id := range s.Members.Voters {
		if id == s.ID {
			saved = append(saved, s.Saved)
		}
	}
	for _, p := range s.Peers {
		if p.Next <= p.Match {
			return fmt.Errorf("the next index of %s is %d, not above its match index, %d", p.ID, p.Next, p.Match)
		}
		if slices.Contains(s.Members.Voters, p.ID) {
			saved = append(saved, p.Match)
		}
	}
	if was.Role == raft.Leader && was.Term == s.Term && s.Commit > was.Commit && term(s, s.Commit) != s.Term {
		return fmt.Errorf("the leader of term %d commits the entry %d of term %d because a majority has it", s.Term, s.Commit, term(s, s.Commit))
	}
	slices.Sort(saved)
	if len(saved) == 0 {
		return nil
	}
	if n := saved[(len(saved)-1)/2]; n > s.Commit && term(s, n) == s.Term {
		return fmt.Errorf("a majority has the entry %d, which is of the term of the leader, but its commit index is %d", n, s.Commit)
	}
	return nil
}

// term returns the term of an entry.
func term(s raft.Status, index uint64) uint64 {
	if index <= s.Snapshot.Index || index > s.Last() {
		return s.Snapshot.Term
	}
	return s.Entries[index-s.Snapshot.Index-1].Term
}
