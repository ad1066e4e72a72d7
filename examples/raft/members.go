package raft

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Members are the nodes that take part. They change one voter at a time (thesis 4.1), not by joint consensus (§6): any majority of the
// old voters then has a node in common with any of the new ones, so one kind of majority is enough everywhere, and a change of
// several voters is several changes. It needs a rule that came after the thesis, in 2015: a leader changes the members only when an
// entry of its own term is committed.
//
// Invariant: both lists are sorted, and have no id in common.
type Members struct {
	Voters   []string `json:"voters"`
	Learners []string `json:"learners,omitempty"` // get the log, but neither vote nor count (thesis 4.2.1)
}

func newMembers(voters, learners []string) Members {
	m := Members{Voters: append([]string(nil), voters...), Learners: append([]string(nil), learners...)}
	slices.Sort(m.Voters)
	slices.Sort(m.Learners)
	return m
}

func (m Members) String() string {
	s := strings.Join(m.Voters, " ")
	if len(m.Learners) > 0 {
		s += ", learning: " + strings.Join(m.Learners, " ")
	}
	return s
}

// valid returns why the lists cannot be those of Members.
func (m Members) valid() error {
	all := m.all()
	if i := slices.Index(all, ""); i >= 0 {
		return errors.New("raft: a member's id is empty")
	}
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] {
			return fmt.Errorf("raft: %s is a member twice", all[i])
		}
	}
	return nil
}

// all returns the ids of voters and learners, sorted.
func (m Members) all() []string {
	all := slices.Concat(m.Voters, m.Learners)
	slices.Sort(all)
	return all
}

// voter reports whether id is one.
func (m Members) voter(id string) bool { return slices.Contains(m.Voters, id) }

// distance returns the number of voters that only m or only other has.
func (m Members) distance(other Members) (n int) {
	for _, id := range slices.Concat(m.Voters, other.Voters) {
		if m.voter(id) != other.voter(id) {
			n++
		}
	}
	return n
}

// majority is the number of voters whose word is enough: any two such sets have a member in common.
func majority(voters int) int { return voters/2 + 1 }

// reached returns the highest value that a majority of the voters has reached: of their values, in descending order, the one at
// the majority's end. Without voters it is the zero value.
func reached[T cmp.Ordered](c *Core, value func(id string) T) (highest T) {
	voters := c.rules.members(c).Voters
	if len(voters) == 0 {
		return highest
	}
	values := make([]T, len(voters))
	for i, id := range voters {
		values[i] = value(id)
	}
	slices.Sort(values)
	return values[len(values)-c.rules.majority(len(values))]
}

// Errors of a change of members.
var (
	ErrChanging  = errors.New("raft: another change of members is under way, or the leader is too new: try again")
	ErrTwoVoters = errors.New("raft: voters are added and removed one at a time")
	ErrNoVoters  = errors.New("raft: a cluster without voters decides nothing")
)

// ChangeMembers puts other members into the log. They count from then on, committed or not (thesis 4.1): Status shows when they are
// committed. One voter may be added or removed; learners may change at will. A node should be a learner until its log is complete,
// or else its majority may have to wait for it. Members that leave may get no word of that.
func (c *Core) ChangeMembers(voters, learners []string, now time.Duration) ([]envelope, error) {
	m := newMembers(voters, learners)
	if err := m.valid(); err != nil {
		return nil, err
	}
	switch {
	case len(m.Voters) == 0:
		return nil, ErrNoVoters
	case c.role != Leader:
		return nil, ErrNotLeader
	case c.transfer.to != "":
		return nil, ErrTransferring
	case !c.rules.mayChange(c):
		return nil, ErrChanging
	case c.log.members.distance(m) > 1:
		return nil, ErrTwoVoters
	}
	_, out := c.add(Entry{Members: &m}, now)
	return out, nil
}

// mayChange reports whether the leader may change the members: the last change is committed (thesis 4.1), and so is an entry of this term.
// Without the latter, two leaders could each add a change to the same members, one of which was never committed, and
// their majorities need not overlap (Ongaro, "bug in single-server membership changes", raft-dev, July 2015).
func (c *Core) mayChange() bool { return c.log.membersIndex <= c.commit && c.mayRead() }

// members returns the members that count: the latest in the log, committed or not (thesis 4.1).
func (c *Core) members() Members { return c.log.members }

// electable reports whether this node may become a candidate. A voter that is being removed still may, as long as the removal is not
// committed: it may be the only one whose log is long enough (thesis 4.2.2).
func (c *Core) electable() bool {
	return c.rules.members(c).voter(c.cfg.ID) || c.log.membersIndex > c.commit && c.log.membersAt(c.commit).voter(c.cfg.ID)
}

// retire ends the rule of a leader which is no longer a voter, as soon as that is committed. Until then it leads without counting itself
// (thesis 4.2.2). A voter that has the whole log may start an election at once.
func (c *Core) retire(now time.Duration) (out []envelope) {
	if c.log.membersIndex > c.commit || c.log.members.voter(c.cfg.ID) {
		return nil
	}
	for _, p := range c.peers {
		if c.log.members.voter(p.id) && c.rules.complete(c, p) {
			out = c.to(p.id, Message{Kind: TimeoutNow})
			break
		}
	}
	c.follow(c.term, "", now)
	return out
}

// meetPeers makes the leader's peers those that the members say. A new one is sent the entries from next on, if it has what is before.
func (c *Core) meetPeers(next uint64, now time.Duration) {
	var peers []*peer
	for _, id := range c.log.members.all() {
		if id == c.cfg.ID {
			continue
		}
		p := c.peer(id)
		if p == nil {
			p = newPeer(id, next, now)
		}
		peers = append(peers, p)
	}
	c.peers = peers
}
