package etcd

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/raft/v3/raftpb"

	"glomers/examples/internal/rsmtest"
	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
	"glomers/node"
)

var three = []string{"n0", "n1", "n2"}

func config(id string) Config {
	return Config{ID: id, Voters: three, Rand: rand.New(rand.NewPCG(1, 2)), ElectionTimeout: time.Second}
}

// saveAll saves what e has to save, and returns what it then sends.
func saveAll(e *Engine, now time.Duration) (out []envelope) {
	for len(e.Unsaved()) > 0 {
		out = append(out, e.Saved(e.disk.records, now)...)
	}
	return out
}

func TestBadConfig(t *testing.T) {
	for says, change := range map[string]func(*Config){
		`"n7" is not among the Voters`: func(c *Config) { c.ID = "n7" },
		"has a node twice":             func(c *Config) { c.Voters = []string{"n0", "n1", "n1"} },
		"Rand is nil":                  func(c *Config) { c.Rand = nil },
		"want at least 5ns":            func(c *Config) { c.ElectionTimeout = 4 },
	} {
		c := config("n0")
		change(&c)
		_, err := New(c)
		require.ErrorContains(t, err, says)
	}
}

// What cannot be the records of a node is refused, with its place.
func TestBadRecords(t *testing.T) {
	record := func(m *raftpb.Message) []byte { return encode(m) }
	entry := record(&raftpb.Message{Term: new(uint64(1)), Entries: []*raftpb.Entry{{Index: new(uint64(1)), Term: new(uint64(1))}}})
	gap := record(&raftpb.Message{Term: new(uint64(1)), Entries: []*raftpb.Entry{{Index: new(uint64(3)), Term: new(uint64(1))}}})
	lost := record(&raftpb.Message{Term: new(uint64(1)), Commit: new(uint64(2))})
	for says, records := range map[string][][]byte{
		"record 2 of 2: it has the entry 3, but the log ends at 1": {entry, gap},
		"record 1 of 1: proto":                                 {{0xff}},
		"the records end at index 1, but 2 is committed":       {entry, lost},
		"the state: it has the entry 3, but the log ends at 0": {nil, gap},
	} {
		state := []byte(nil)
		if records[0] == nil {
			state, records = records[1], nil
		}
		_, err := Restore(config("n0"), state, records)
		require.ErrorContains(t, err, says)
	}
}

// A message that no core of the cluster sends to this node is ignored.
func TestStrangeMessages(t *testing.T) {
	e, err := New(config("n1"))
	require.NoError(t, err)
	before := e.Status()
	message := func(from, to, term uint64, typ raftpb.MessageType) Message {
		return encode(&raftpb.Message{Type: typ.Enum(), From: new(from), To: new(to), Term: new(term)})
	}
	for _, m := range []Message{
		nil, []byte("no message"),
		message(3, 2, 7, raftpb.MsgHeartbeat), // of n2
		message(1, 1, 7, raftpb.MsgHeartbeat), // to n0
		message(9, 2, 7, raftpb.MsgHeartbeat), // of nobody
		message(1, 2, 0, raftpb.MsgHeartbeat),
		message(1, 2, 7, raftpb.MsgHup),
		message(1, 2, 7, raftpb.MsgStorageAppendResp),
	} {
		require.Empty(t, e.Receive("n0", m, 0))
		require.Equal(t, before, e.Status())
	}
	e.Receive("n0", message(1, 2, 7, raftpb.MsgHeartbeat), 0)
	require.Equal(t, uint64(7), e.Status().Term)
	_, err = e.Propose([]byte("1"), 0)
	require.ErrorIs(t, err, raft.ErrNotLeader)
	_, err = e.Read(1, 0)
	require.ErrorIs(t, err, raft.ErrNotLeader)
}

// A candidate's requests, its own vote and what it answers others wait for its disk. A leader's appends do not, and a newer commit index needs none.
func TestWhatWaitsForTheDisk(t *testing.T) {
	e, err := New(config("n0"))
	require.NoError(t, err)
	reply := func(typ raftpb.MessageType, term, index uint64) []envelope {
		return e.Receive("n1", encode(&raftpb.Message{Type: typ.Enum(), From: new(uint64(2)), To: new(uint64(1)), Term: new(term), Index: new(index)}), e.Next())
	}
	require.Len(t, e.Tick(e.Next()), 2, "requests for a pre-vote")
	require.Empty(t, e.Unsaved(), "which changes nothing")
	votes := reply(raftpb.MsgPreVoteResp, 1, 0)
	require.Len(t, votes, 2)
	require.False(t, votes[0].Early)
	reply(raftpb.MsgVoteResp, 1, 0)
	require.Equal(t, raft.Candidate, e.Status().Role, "its own vote is not on disk")

	e.Unsaved()
	appends := e.Saved(1, 0)
	require.Equal(t, raft.Leader, e.Status().Role)
	require.Len(t, appends, 2)
	require.True(t, appends[0].Early)
	reply(raftpb.MsgAppResp, 1, 1)
	require.Zero(t, e.Status().Commit, "its own entry is not on disk")
	require.Len(t, e.Unsaved(), 1)
	e.Saved(2, 0)
	require.Equal(t, uint64(1), e.Status().Commit)
	require.Empty(t, e.Unsaved())
}

// The commit index of a snapshot and the entries after it come back from the state, and from the records.
func TestCompact(t *testing.T) {
	one := Config{ID: "n0", Voters: []string{"n0"}, Rand: rand.New(rand.NewPCG(1, 2))}
	e, err := New(one)
	require.NoError(t, err)
	e.Tick(e.Next())
	var records [][]byte
	save := func() {
		for more := e.Unsaved(); len(more) > 0; more = e.Unsaved() {
			records = append(records, more...)
			e.Saved(len(records), 0)
		}
	}
	save()
	for range 3 {
		_, err := e.Propose([]byte("7"), 0)
		require.NoError(t, err)
		save()
	}
	require.ErrorContains(t, e.Compact(2, []byte("{}")), "want an index from 1, the first in the log, to 0, which is applied")
	require.Len(t, e.Committed(), 4, "one of them begins the term")
	require.NoError(t, e.Compact(2, []byte("{}")))
	require.ErrorContains(t, e.Compact(2, []byte("{}")), "want an index from 3")
	save()
	for _, from := range []struct {
		state   []byte
		records [][]byte
	}{{nil, records}, {e.State(), nil}} {
		again, err := Restore(one, from.state, from.records)
		require.NoError(t, err)
		s := again.Status()
		require.Equal(t, uint64(2), s.Snapshot.Index)
		require.Equal(t, "{}", string(s.Snapshot.Data))
		require.Equal(t, uint64(4), s.Last())
		require.Equal(t, e.Status().Term, s.Term)
		committed := again.Committed()
		require.NotNil(t, committed[0].Snapshot)
	}
}

// The cores answer differently if they are asked for a vote in a term whose leader they know. Both answers are safe.
func TestKnownDifferences(t *testing.T) {
	ask := func(from string, later time.Duration) (ours, etcds bool) {
		core, err := raft.New(raft.Config{ID: "n1", Voters: three, Rand: rand.New(rand.NewPCG(1, 1)), ElectionTimeout: time.Second})
		require.NoError(t, err)
		other, err := New(config("n1"))
		require.NoError(t, err)
		if from == "n0" { // the leader had this node's vote
			vote := raft.Message{Kind: raft.Vote, Term: 1}
			core.Receive("n0", vote, 0)
			other.Receive("n0", theirs("n0", vote), 0)
		}
		beat := raft.Message{Kind: raft.Append, Term: 1}
		core.Receive("n0", beat, 0)
		other.Receive("n0", theirs("n0", beat), 0)
		saveAll(other, 0)
		vote := raft.Message{Kind: raft.Vote, Term: 1}
		return decided(core.Receive(from, vote, later)).granted, decidedTheirs(t, other.Receive(from, theirs(from, vote), later), 1).granted
	}
	ours, etcds := ask("n0", 0)
	require.False(t, ours, "a leader that is heard of needs no vote")
	require.True(t, etcds, "it has the vote anyway")
	ours, etcds = ask("n2", 5*time.Second)
	require.True(t, ours, "the vote is free, and the leader silent")
	require.False(t, etcds, "the term has a leader")
}

// The library's lease is no promise. Its leader counts an answer from when it arrives, and looks once in an election timeout
// whether a majority has answered since the last time. So it believes in itself for up to two election timeouts, but others wait for it for one.
func TestLeaseIsNotSafe(t *testing.T) {
	stale := func(lease bool) (n int) {
		for seed := range uint64(15) {
			start := func(id string, voters []string, rng *rand.Rand, state []byte, records [][]byte) (rsm.Engine[Message], error) {
				return Restore(Config{ID: id, Voters: voters, Rand: rng, ElectionTimeout: rsmtest.ElectionTimeout, Lease: lease}, state, records)
			}
			if rsmtest.Stale(t, seed, start) {
				n++
			}
		}
		return n
	}
	require.Zero(t, stale(false))
	require.Positive(t, stale(true))
}

// A follower whose snapshot got lost is sent another.
func TestLostSnapshot(t *testing.T) {
	c := rsmtest.New(t, 1, 3, rsm.Options{Entries: 5}, start)
	c.Latency = func() time.Duration { return time.Millisecond }
	c.Run(time.Second)
	leader := rsmtest.Leader(c)
	behind := (leader + 1) % 3
	c.Cut = func(from, to int) bool { return from == behind || to == behind }
	for range 20 {
		c.Write(leader)
		c.Run(c.Now() + 10*time.Millisecond)
	}
	lost := time.Duration(0)
	c.Cut = func(from, to int) bool { // everything to it is lost for a while from the snapshot on
		if to == behind && lost == 0 && sending(c.Status(leader), behind) {
			lost = c.Now()
		}
		return to == behind && lost > 0 && c.Now() < lost+rsmtest.ElectionTimeout/2
	}
	c.Run(c.Now() + 3*time.Second)
	require.Positive(t, lost)
	require.Equal(t, c.Status(leader).Commit, c.Status(behind).Commit)
	require.GreaterOrEqual(t, c.Status(behind).Snapshot.Index, uint64(5))
}

// sending reports whether a leader waits for the end of a snapshot to a node.
func sending(s raft.Status, to int) bool {
	for _, p := range s.Peers {
		if p.ID == three[to] && p.State == raft.StateSnapshot {
			return true
		}
	}
	return false
}

var _ node.Durable[Message] = (*Engine)(nil)
