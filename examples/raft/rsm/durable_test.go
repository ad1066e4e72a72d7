package rsm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLastLife(t *testing.T) {
	life, state, records, err := lastLife(nil, nil)
	require.NoError(t, err)
	require.Zero(t, life)
	require.Nil(t, state)
	require.Nil(t, records)

	life, state, records, err = lastLife([]byte{3, 'x'}, [][]byte{{engineRecord, 'a'}, {lifeRecord, 4}, {engineRecord}})
	require.NoError(t, err)
	require.EqualValues(t, 4, life)
	require.Equal(t, []byte{'x'}, state)
	require.Equal(t, [][]byte{{'a'}, {}}, records)

	for _, bad := range [][]byte{nil, {lifeRecord}, {lifeRecord, 0x80}, {'x', 1}} {
		_, _, _, err = lastLife(nil, [][]byte{{engineRecord}, bad})
		require.EqualError(t, err, "rsm: record 2 of 2 is neither a life nor one of the engine")
	}
	_, _, _, err = lastLife([]byte{}, nil)
	require.ErrorContains(t, err, "does not begin with the number of a life")
}

// A command counts once in the session of its node's latest life.
func TestSessions(t *testing.T) {
	s := make(sessions[string])
	first := s.open("n0", 1, 0)
	require.False(t, first.applied(2))
	first.Replies[1], first.Replies[2] = "one", "two"
	require.True(t, first.applied(2))
	require.False(t, first.applied(3))

	require.Same(t, first, s.open("n0", 1, 1))
	require.Len(t, first.Replies, 1, "the node needs the first reply no more")
	require.True(t, first.applied(1))
	require.Same(t, first, s.open("n0", 1, 0), "a batch that is late")
	require.EqualValues(t, 1, first.Done)

	second := s.open("n0", 2, 0)
	require.False(t, second.applied(1), "another life, another session")
	require.Nil(t, s.open("n0", 1, 5), "the old life has ended")
	require.NotSame(t, second, s.open("n1", 2, 0))
	require.Len(t, s, 2)
}
