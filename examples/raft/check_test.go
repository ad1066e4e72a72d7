package raft

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// at returns the status of a node with entries of these terms.
func at(id string, role Role, term, commit uint64, terms ...uint64) Status {
	s := Status{ID: id, Role: role, Term: term, Commit: commit}
	for i, t := range terms {
		s.Entries = append(s.Entries, Entry{Index: uint64(i + 1), Term: t})
	}
	return s
}

// with returns s after a change.
func with(s Status, change func(*Status)) Status {
	change(&s)
	return s
}

// Each promise is checked: the last status breaks it, and those before do not.
func TestCheckerRejects(t *testing.T) {
	other := at("n1", Follower, 1, 0, 1, 1)
	other.Entries[1].Data = []byte("2")
	followed := func(match uint64) func(*Status) {
		return func(s *Status) { s.Peers = []PeerStatus{{ID: "n1", Match: match, Next: 3}} }
	}
	for name, c := range map[string]struct {
		want string
		seen []Status
	}{
		"two leaders": {
			"election safety: both n0 and n1 have led term 1",
			[]Status{at("n0", Leader, 1, 0), at("n0", Follower, 1, 0), at("n1", Leader, 1, 0)},
		},
		"a leader removes an entry": {
			"leader append-only: n0, the leader of term 1, no longer has its entry 2 of term 1",
			[]Status{at("n0", Leader, 1, 0, 1, 1), at("n0", Leader, 1, 0, 1)},
		},
		"a leader overwrites an entry": {
			"leader append-only: n0, the leader of term 2, no longer has its entry 2 of term 1",
			[]Status{at("n0", Leader, 2, 0, 1, 1), at("n0", Leader, 2, 0, 1, 2)},
		},
		"the same place, other data": {
			`log matching: the entry 2 of term 1 is 2 after term 1 at n1, and was empty after term 1`,
			[]Status{at("n0", Follower, 1, 0, 1, 1), other},
		},
		"the same place, other entries before": {
			`log matching: the entry 2 of term 3 is empty after term 2 at n1, and was empty after term 1`,
			[]Status{at("n0", Follower, 3, 0, 1, 3), at("n1", Follower, 3, 0, 2, 3)},
		},
		"another entry is applied": {
			"state machine safety: n1 takes the entry 2 of term 2 for committed, but that of term 1 was",
			[]Status{at("n0", Follower, 2, 2, 1, 1), at("n1", Follower, 2, 2, 1, 2)},
		},
		"a snapshot with another last term": {
			"state machine safety: n1 takes the entry 2 of term 2 for committed, but that of term 1 was",
			[]Status{at("n0", Follower, 2, 2, 1, 1), with(at("n1", Follower, 2, 2), func(s *Status) { s.Snapshot = Snapshot{Index: 2, Term: 2} })},
		},
		"a new leader lacks what was committed": {
			"leader completeness: n1, the leader of term 2, lacks the entry 2 of term 1, which was committed in term 1",
			[]Status{at("n0", Leader, 1, 2, 1, 1), at("n1", Leader, 2, 0, 1)},
		},
		"something is committed that the new leader lacks": {
			"leader completeness: n1, the leader of term 2, lacks the entry 2 of term 1, which was committed in term 1",
			[]Status{at("n0", Leader, 1, 1, 1, 1), at("n1", Leader, 2, 0, 1), at("n0", Leader, 1, 2, 1, 1)},
		},
		"the term goes back": {
			"the term of n0 goes back from 2 to 1",
			[]Status{at("n0", Follower, 2, 0), at("n0", Follower, 1, 0)},
		},
		"a second vote": {
			`in term 2, n0 votes for "n2" after it voted for n1`,
			[]Status{
				with(at("n0", Follower, 2, 0), func(s *Status) { s.Voted = "n1" }),
				with(at("n0", Follower, 2, 0), func(s *Status) { s.Voted = "n2" }),
			},
		},
		"the commit index goes back": {
			"the commit index of n0 goes back from 2 to 1",
			[]Status{at("n0", Follower, 1, 2, 1, 1), at("n0", Follower, 1, 1, 1, 1)},
		},
		"a match index goes back": {
			"for the leader n0 the match index of n1 goes back from 2 to 1",
			[]Status{with(at("n0", Leader, 1, 0, 1, 1), followed(2)), with(at("n0", Leader, 1, 0, 1, 1), followed(1))},
		},
		"acknowledged entries are sent again": {
			"the leader n0 would send entry 3 to n1, which has acknowledged entry 3",
			[]Status{with(at("n0", Leader, 1, 0, 1, 1, 1), followed(2)), with(at("n0", Leader, 1, 0, 1, 1, 1), followed(3))},
		},
		"an acknowledged entry is gone": {
			"the leader of term 1, n0, counts n1 for the entries up to 2, which it does not have",
			[]Status{at("n1", Follower, 1, 0, 1, 1), with(at("n0", Leader, 1, 0, 1, 1), followed(2)), at("n1", Follower, 1, 0, 1)},
		},
		"more is committed than there is": {
			"n0 has committed index 3, but has the entries from 1 to 2",
			[]Status{at("n0", Follower, 1, 3, 1, 1)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var k Checker
			last := len(c.seen) - 1
			require.NoError(t, k.Check(c.seen[:last]...))
			require.EqualError(t, k.Check(c.seen[last]), "raft: "+c.want)
		})
	}
}

// What may happen is not taken for a mistake.
func TestCheckerAccepts(t *testing.T) {
	var k Checker
	require.NoError(t, k.Check(
		at("n0", Leader, 1, 2, 1, 1, 1),
		at("n1", Follower, 1, 1, 1, 1),
		at("n1", Leader, 2, 1, 1, 1),       // without the entry 3, which was not committed
		at("n0", Leader, 1, 2, 1, 1, 1, 1), // which does not know of that
		at("n1", Leader, 2, 3, 1, 1, 2),    //
		at("n0", Follower, 2, 2, 1, 1, 2),  // and gives up its entries
		with(at("n1", Leader, 2, 3, 2), func(s *Status) { s.Snapshot, s.Entries[0].Index = Snapshot{Index: 2, Term: 1}, 3 }),
		with(at("n2", Follower, 2, 3), func(s *Status) { s.Snapshot = Snapshot{Index: 3, Term: 2} }),
	))
	k.Restarted("n0")
	require.NoError(t, k.Check(at("n0", Follower, 1, 0, 1)), "it has forgotten what it had promised to nobody")
}
