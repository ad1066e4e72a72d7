package etcd

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"glomers/examples/raft"
	"glomers/node"
)

// A reign is a term of a history that can have happened: its leader's log continues a part of the log before it, with all of it that is committed.
type reign struct {
	leader string
	log    []uint64 // the terms of the entries; log[i] is that of index i+1
	commit uint64   // at the end of the term
}

// drawHistory draws the reigns of the terms from 1 on.
func drawHistory(t *rapid.T) []reign {
	var history []reign
	last := reign{}
	for term := range uint64(rapid.IntRange(1, 4).Draw(t, "terms")) {
		kept := rapid.IntRange(int(last.commit), len(last.log)).Draw(t, "kept")
		r := reign{leader: rapid.SampledFrom([]string{"n0", "n2"}).Draw(t, "leader")}
		r.log = append(r.log, last.log[:kept]...)
		for range rapid.IntRange(1, 4).Draw(t, "entries") {
			r.log = append(r.log, term+1)
		}
		r.commit = uint64(rapid.IntRange(int(last.commit), len(r.log)).Draw(t, "commit"))
		history = append(history, r)
		last = r
	}
	return history
}

// termAt returns the term of the entry at index i.
func (r reign) termAt(i uint64) uint64 {
	if i == 0 {
		return 0
	}
	return r.log[i-1]
}

// drawMessage draws a message to n1 that can have been sent in that history. Messages may come in any order, and more than once.
func drawMessage(t *rapid.T, history []reign) (from string, m raft.Message) {
	term := uint64(rapid.IntRange(1, len(history)).Draw(t, "term"))
	r := history[term-1]
	index := uint64(rapid.IntRange(0, len(r.log)).Draw(t, "index"))
	m = raft.Message{Term: term, Index: index, LogTerm: r.termAt(index)}
	from = r.leader
	switch kind := rapid.SampledFrom([]raft.Kind{raft.Append, raft.Append, raft.Append, raft.Vote, raft.PreVote, raft.InstallSnapshot}).Draw(t, "kind"); {
	case kind == raft.Vote || kind == raft.PreVote:
		m.Kind, from = kind, rapid.SampledFrom([]string{"n0", "n2"}).Draw(t, "candidate")
		m.Term = max(term, m.LogTerm) + uint64(rapid.IntRange(0, 1).Draw(t, "later"))
	case kind == raft.InstallSnapshot && r.commit > 0:
		at := uint64(rapid.IntRange(1, int(r.commit)).Draw(t, "at"))
		s := &raft.Snapshot{Index: at, Term: r.termAt(at), Members: raft.Members{Voters: []string{"n0", "n1", "n2"}}, Data: []byte("{}")}
		m = raft.Message{Kind: kind, Term: term, Snapshot: s}
	default:
		m.Kind = raft.Append
		for i := range uint64(rapid.IntRange(0, len(r.log)-int(index)).Draw(t, "count")) {
			m.Entries = append(m.Entries, raft.Entry{Index: index + i + 1, Term: r.log[index+i], Data: fmt.Appendf(nil, "%d", index+i+1)})
		}
		m.Commit = uint64(rapid.IntRange(0, int(r.commit)).Draw(t, "commit"))
	}
	return from, m
}

var kinds = map[raft.Kind]raftpb.MessageType{
	raft.Append: raftpb.MsgApp, raft.AppendReply: raftpb.MsgAppResp, raft.InstallSnapshot: raftpb.MsgSnap,
	raft.Vote: raftpb.MsgVote, raft.VoteReply: raftpb.MsgVoteResp, raft.PreVote: raftpb.MsgPreVote, raft.PreVoteReply: raftpb.MsgPreVoteResp,
}

// theirs returns a message to n1 in the library's form.
func theirs(from string, m raft.Message) Message {
	p := &raftpb.Message{
		Type: kinds[m.Kind].Enum(), From: new(uint64(from[1] - '0' + 1)), To: new(uint64(2)), Term: new(m.Term),
		Index: new(m.Index), LogTerm: new(m.LogTerm), Commit: new(m.Commit),
	}
	for _, e := range m.Entries {
		p.Entries = append(p.Entries, &raftpb.Entry{Index: new(e.Index), Term: new(e.Term), Data: e.Data})
	}
	if s := m.Snapshot; s != nil {
		p.Snapshot = &raftpb.Snapshot{Data: s.Data, Metadata: &raftpb.SnapshotMetadata{
			Index: new(s.Index), Term: new(s.Term), ConfState: &raftpb.ConfState{Voters: []uint64{1, 2, 3}},
		}}
	}
	return encode(p)
}

// A decision is what a core answers: nothing is a refusal.
type decision struct {
	granted bool   // a vote, or that the logs agree
	index   uint64 // up to which they do
}

// decided returns the decision of our core about a message.
func decided(out []node.Envelope[raft.Message]) (d decision) {
	for _, e := range out {
		if d.granted = !e.Message.Reject; d.granted {
			d.index = e.Message.Index
		}
	}
	return d
}

// decidedTheirs returns the decision of the library about a message of a term. Its answer to an append of an older term does not look like a refusal.
func decidedTheirs(t require.TestingT, out []envelope, term uint64) (d decision) {
	for _, e := range out {
		m := new(raftpb.Message)
		require.NoError(t, proto.Unmarshal(e.Message, m))
		if d.granted = !m.GetReject() && m.GetTerm() == term; d.granted {
			d.index = m.GetIndex()
		}
	}
	return d
}

// common is the state that both cores must have in common: the log from where both still have it.
func common(s raft.Status, from uint64) string {
	var terms []uint64
	for _, e := range s.Entries {
		if e.Index > from {
			terms = append(terms, e.Term)
		}
	}
	return fmt.Sprintf("term %d, voted %q, committed %d of %d, after %d: %d", s.Term, s.Voted, s.Commit, s.Last(), from, terms)
}

// A follower of each kind is sent the same messages, which are late, lost, doubled and overtaken, of a history that can have happened. After
// each, both have the same term, vote, log and commit index, and have decided the same.
func TestSameMessages(t *testing.T) {
	var granted, refused, known int
	rapid.Check(t, func(t *rapid.T) {
		voters := []string{"n0", "n1", "n2"}
		ours, err := raft.New(raft.Config{ID: "n1", Voters: voters, Rand: rand.New(rand.NewPCG(1, 1)), ElectionTimeout: time.Second})
		require.NoError(t, err)
		other, err := New(Config{ID: "n1", Voters: voters, Rand: rand.New(rand.NewPCG(1, 1)), ElectionTimeout: time.Second})
		require.NoError(t, err)
		history := drawHistory(t)
		now, records := time.Duration(0), [2]int{}
		for range rapid.IntRange(1, 25).Draw(t, "messages") {
			if rapid.Bool().Draw(t, "long after") { // nobody believes in a leader any more
				now += 2 * time.Second
			}
			from, m := drawMessage(t, history)
			before := ours.Status()
			if differs(before, m) {
				known++
				continue
			}
			a, b := decided(ours.Receive(from, m, now)), decidedTheirs(t, other.Receive(from, theirs(from, m), now), m.Term)
			for n := len(ours.Unsaved()); n > 0; n = len(ours.Unsaved()) {
				records[0] += n
				require.Empty(t, ours.Saved(records[0], now))
			}
			for n := len(other.Unsaved()); n > 0; n = len(other.Unsaved()) {
				records[1] += n
				require.Empty(t, other.Saved(records[1], now))
			}
			require.Equal(t, a, b, "ours, and etcd's, about %+v of %s in %+v", m, from, before)
			x, y := ours.Status(), other.Status()
			from0 := max(x.Snapshot.Index, y.Snapshot.Index)
			require.Equal(t, common(x, from0), common(y, from0), "ours, and etcd's, after %+v of %s in %+v", m, from, before)
			if a.granted {
				granted++
			} else {
				refused++
			}
		}
	})
	t.Logf("%d granted, %d refused, %d not asked because the cores differ", granted, refused, known)
	require.Positive(t, granted)
	require.Positive(t, refused)
}

// differs reports whether the cores may decide differently about a message: one that asks for a vote in a term whose leader is known.
func differs(s raft.Status, m raft.Message) bool {
	return (m.Kind == raft.Vote || m.Kind == raft.PreVote) && m.Term == s.Term && s.Leader != ""
}
