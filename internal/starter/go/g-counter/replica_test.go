package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMergingIsIdempotent(t *testing.T) {
	a, b := newReplica("a", []string{"b"}), newReplica("b", []string{"a"})
	a.add(3)
	a.add(1)
	b.add(2)
	for range 2 { // the second message changes nothing
		now := a.Next()
		require.Empty(t, a.Tick(now-1), "it is not due yet")
		out := a.Tick(now)
		require.Equal(t, []envelope{{Dest: "b", Message: gossip{map[string]int64{"a": 4}}}}, out)
		require.Empty(t, b.Receive("a", out[0].Message, now))
		require.EqualValues(t, 6, b.sum())
	}
}

func TestOldMessagesDoNotCountBack(t *testing.T) {
	a, b := newReplica("a", []string{"b"}), newReplica("b", nil)
	a.add(3)
	old := a.Tick(0)[0].Message
	a.add(1)
	b.Receive("a", a.Tick(gossipEvery)[0].Message, 0)
	b.Receive("a", old, 0)
	require.EqualValues(t, 4, b.sum())
}
