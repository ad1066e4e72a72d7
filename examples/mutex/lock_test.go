package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

func newLocks() (a, b *lock) {
	start := time.Unix(0, 0)
	return newLock("a", abc[:2], start, protocol()), newLock("b", abc[:2], start, protocol())
}

// exchange delivers messages between the two locks at a time, and the answers to them.
func exchange(from string, receiver, sender *lock, out []envelope, now time.Duration) {
	for _, m := range out {
		answers := receiver.Receive(from, m.Message, now)
		exchange(m.Dest, sender, receiver, answers, now)
	}
}

func TestSilentUntilALeaseHasPassed(t *testing.T) {
	a, b := newLocks()
	require.Equal(t, lease, a.Next())
	require.Empty(t, a.Receive("b", b.askAgain()[0].Message, lease-1))
	require.Empty(t, a.Tick(lease-1))
	require.True(t, a.silent())
	out := a.Tick(lease)
	require.Len(t, out, 1)
	require.True(t, out[0].Message.Ask)
	require.False(t, a.silent())
	require.True(t, a.joining(), "b has not answered")
	require.Equal(t, lease+askEvery, a.Next(), "b is asked again")
}

// A client that never leaves is out after a lease, and the next one of the queue is in.
func TestLeaseEndsATurn(t *testing.T) {
	a, b := newLocks()
	now := lease
	fromB, fromA := b.Tick(now), a.Tick(now)
	exchange("b", a, b, fromB, now)
	exchange("a", b, a, fromA, now)
	require.False(t, a.joining())

	var first, second, third int64
	exchange("a", b, a, a.enter(&first, now), now)
	exchange("a", b, a, a.enter(&second, now), now)
	exchange("a", b, a, a.enter(&third, now), now)
	require.NotZero(t, first)
	require.Zero(t, second)
	require.True(t, a.in(first))

	exchange("a", b, a, a.giveUp(&second), now)
	for ; now < 2*lease; now = a.Next() {
		exchange("a", b, a, a.Tick(now), now)
		require.Zero(t, third, now)
	}
	exchange("a", b, a, a.Tick(now), now)
	require.False(t, a.in(first))
	require.True(t, a.in(third))
	require.Greater(t, third, first)
	require.Zero(t, second)

	exchange("a", b, a, a.next(now), now)
	require.False(t, a.in(third))
	require.Equal(t, node.Never, a.leaseEnd)
	require.Zero(t, a.own, "nobody waits")
}
