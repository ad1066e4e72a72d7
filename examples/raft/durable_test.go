package raft

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// alone returns the configuration of a cluster of one node.
func alone() Config {
	return Config{ID: "n0", Voters: []string{"n0"}, Rand: rand.New(rand.NewPCG(1, 1))}
}

// save saves everything at once, and returns all records so far.
func save(c *Core, records [][]byte, now time.Duration) [][]byte {
	for {
		more := c.Unsaved()
		if more == nil {
			return records
		}
		records = append(records, more...)
		c.Saved(c.saver.records, now)
	}
}

// lived returns a node that has committed n values after a snapshot of as many, and its records.
func lived(t testing.TB, n int) (*Core, [][]byte) {
	t.Helper()
	c, err := New(alone())
	require.NoError(t, err)
	records := save(c, nil, 0)
	c.Tick(c.Next())
	records = save(c, records, 0)
	for half := range 2 {
		for i := range n {
			_, _, _, err := c.Propose([]byte(fmt.Sprint(half*n+i)), 0)
			require.NoError(t, err)
		}
		records = save(c, records, 0)
		if handed := c.Committed(); half == 0 {
			require.NoError(t, c.Compact(handed[len(handed)-1].Index, []byte(`"half"`)))
		}
	}
	return c, save(c, records, 0)
}

// A leader alone counts its vote and its entries when they are on its disk, and not before.
func TestAloneWaitsForItsDisk(t *testing.T) {
	c, err := New(alone())
	require.NoError(t, err)
	c.Tick(c.Next())
	require.Equal(t, Candidate, c.role)
	require.Len(t, c.Unsaved(), 2) // the vote and the members
	c.Saved(1, 0)
	require.Equal(t, Candidate, c.role)
	c.Saved(2, 0)
	require.Equal(t, Leader, c.role)

	_, _, _, err = c.Propose([]byte("1"), 0)
	require.NoError(t, err)
	require.Len(t, c.Unsaved(), 1)
	require.Empty(t, c.Committed())
	c.Saved(3, 0)
	require.Len(t, c.Committed(), 2)
}

// What was on disk is there after a restart, from records or from a state, and what was not is as if it had never been.
func TestRestore(t *testing.T) {
	c, records := lived(t, 3)
	want := c.Status()
	state := c.State()
	for name, restored := range map[string]func() (*Core, error){
		"records":           func() (*Core, error) { return Restore(alone(), nil, records) },
		"state":             func() (*Core, error) { return Restore(alone(), state, nil) },
		"state and records": func() (*Core, error) { return Restore(alone(), state, records[len(records)-1:]) },
	} {
		r, err := restored()
		require.NoError(t, err, name)
		got := r.Status()
		require.Equal(t, []any{want.Term, want.Voted, want.Snapshot, want.Entries, want.Members, want.Last()},
			[]any{got.Term, got.Voted, got.Snapshot, got.Entries, got.Members, got.Saved}, name)
		require.Equal(t, []any{Follower, uint64(4)}, []any{got.Role, got.Commit}, name)
		handed := r.Committed()
		require.Len(t, handed, 1)
		require.Equal(t, `"half"`, string(handed[0].Snapshot.Data))
		require.Empty(t, r.Unsaved())
	}
	for n := range records {
		_, err := Restore(alone(), nil, records[:n])
		require.NoError(t, err)
	}
}

func TestDamagedRecords(t *testing.T) {
	one := []byte("1")
	for want, records := range map[string][][]byte{
		`record 1 of 1: it is of the unknown kind 'x'`:                          {[]byte("x")},
		`record 1 of 1: it ends too early`:                                      {nil},
		`record 2 of 2: term 2 comes after term 3`:                              {encodeVote(3, ""), encodeVote(2, "")},
		`record 1 of 1: 1 bytes follow its end`:                                 {append(encodeVote(3, ""), 0)},
		`record 1 of 1: it ends within a number`:                                {{voteRecord}},
		`record 1 of 1: it says that 5 bytes or more follow, but 0 do`:          {{voteRecord, 1, 5}},
		`record 1 of 1: entries after index 7, but the log goes from 0 to 0`:    {encodeEntries(7, []Entry{{Data: one}})},
		`record 1 of 1: an entry of term 2 after one of term 0, in term 0`:      {encodeEntries(0, []Entry{{Term: 2, Data: one}})},
		`record 2 of 2: an entry of term 1 after one of term 2, in term 2`:      {encodeVote(2, ""), encodeEntries(0, []Entry{{Term: 2}, {Term: 1}})},
		`record 2 of 2: a snapshot at 3 comes after one at 4`:                   {encodeSnapshot(Snapshot{Index: 4}), encodeSnapshot(Snapshot{Index: 3})},
		`record 1 of 1: a snapshot of term 9, but the node is in term 0`:        {encodeSnapshot(Snapshot{Index: 4, Term: 9})},
		`record 1 of 1: a snapshot at the impossible index 9223372036854775808`: {encodeSnapshot(Snapshot{Index: 1 << 63})},
		`record 1 of 1: "{" is not a JSON value`:                                {encodeEntries(0, []Entry{{Data: []byte("{")}})},
		`record 1 of 1: raft: a is a member twice`:                              {encodeSnapshot(Snapshot{Members: Members{Voters: []string{"a", "a"}}})},
		`record 1 of 1: raft: a member's id is empty`:                           {encodeSnapshot(Snapshot{Members: Members{Voters: []string{""}}})},
		`record 1 of 1: an entry with a payload of the unknown kind 9`:          {{entriesRecord, 0, 1, 0, 9}},
	} {
		_, err := Restore(alone(), nil, records)
		require.EqualError(t, err, "raft: "+want)
	}
	_, err := Restore(alone(), []byte{1, 'x'}, nil)
	require.EqualError(t, err, "raft: part 1 of the state: it is of the unknown kind 'x'")
	_, err = Restore(alone(), []byte{7}, nil)
	require.EqualError(t, err, "raft: part 1 of the state: it says that 7 bytes or more follow, but 0 do")
}

// Whatever is on the disk, Restore gives a core with the same state, or an error.
func FuzzRestore(f *testing.F) {
	c, records := lived(f, 2)
	f.Add(c.State(), records[len(records)-1], records[len(records)-2])
	for _, r := range records {
		f.Add([]byte(nil), r, r)
	}
	f.Fuzz(func(t *testing.T, state, first, second []byte) {
		c, err := Restore(alone(), state, [][]byte{first, second})
		if err != nil {
			return
		}
		again, err := Restore(alone(), c.State(), nil)
		require.NoError(t, err)
		require.Equal(t, c.Status(), again.Status())
		c.Tick(c.Next())
	})
}
