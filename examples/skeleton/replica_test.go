package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMessageHasEverything(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	a, b := newReplica([]string{"b"}, rng), newReplica([]string{"a"}, rng)
	a.add(3, 0)
	a.add(1, 0)
	b.add(2, 0)
	for range 2 { // the second message changes nothing
		now := a.Next()
		require.Empty(t, a.Tick(now-1), "it is not due yet")
		out := a.Tick(now)
		require.Equal(t, []envelope{{Dest: "b", Message: gossip{[]int64{1, 3}}}}, out)
		require.Empty(t, b.Receive("a", out[0].Message, now))
		require.Equal(t, []int64{1, 2, 3}, b.set)
	}
}
