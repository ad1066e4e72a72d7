package spec

import (
	"fmt"
	"maps"
	"slices"
)

// A history is what the invariants need to know of the past.
type history struct {
	leaders   map[uint64]string // of each term
	committed []Entry           // the longest log that a server took for committed
	by        []uint64          // of each of those: the first term in which a server took it for committed
}

// note checks what an event changes: election safety, leader append-only, and state machine safety (figure 3).
func (h *history) note(before, after *server) error {
	if h.leaders == nil {
		h.leaders = make(map[uint64]string)
	}
	if after.state == Leader {
		if other, ok := h.leaders[after.currentTerm]; ok && other != after.id {
			return fmt.Errorf("ElectionSafety: %s leads term %d, and %s has led it", after.id, after.currentTerm, other)
		}
		h.leaders[after.currentTerm] = after.id
	}
	if after.commitIndex < before.commitIndex {
		return fmt.Errorf("CommitIndexMonotonic: from %d to %d", before.commitIndex, after.commitIndex)
	}
	for i := before.commitIndex; i < after.commitIndex; i++ {
		switch n := uint64(len(h.committed)); {
		case i < n && !h.committed[i].equal(after.log[i]):
			return fmt.Errorf("StateMachineSafety: %s commits %v at %d, where %v is committed", after.id, after.log[i], i+1, h.committed[i])
		case i == n:
			h.committed, h.by = append(h.committed, after.log[i]), append(h.by, after.currentTerm)
		}
	}
	return nil
}

// Invariants checks what figure 3 says of whole logs, for the servers as they are now: log matching and leader completeness.
func (c *Checker) Invariants() error {
	ids := slices.Sorted(maps.Keys(c.servers))
	for _, id := range ids {
		a := c.servers[id]
		for _, other := range ids {
			b := c.servers[other]
			if i := lastCommon(a.log, b.log); !same(a.log[:i], b.log[:i]) {
				return fmt.Errorf("spec: LogMatching: the logs of %s and %s have an entry of the same term at %d, and differ before", a.id, b.id, i)
			}
		}
		for i, e := range c.history.committed {
			if a.state == Leader && c.history.by[i] < a.currentTerm && (i >= len(a.log) || !a.log[i].equal(e)) {
				return fmt.Errorf("spec: LeaderCompleteness: %s, the leader of term %d, lacks the entry %d, committed in term %d", a.id, a.currentTerm, i+1, c.history.by[i])
			}
		}
	}
	return nil
}

// lastCommon returns the highest index at which two logs have an entry of the same term.
func lastCommon(a, b []Entry) int {
	i := min(len(a), len(b))
	for i > 0 && a[i-1].Term != b[i-1].Term {
		i--
	}
	return i
}
