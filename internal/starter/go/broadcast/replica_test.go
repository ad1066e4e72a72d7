package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMessageHasEverything(t *testing.T) {
	a, b := replica{neighbours: []string{"b"}}, replica{neighbours: []string{"a"}}
	a.add(3)
	a.add(1)
	b.add(2)
	for range 2 { // the second message changes nothing
		now := a.Next()
		require.Empty(t, a.Tick(now-1), "it is not due yet")
		out := a.Tick(now)
		require.Equal(t, []envelope{{Dest: "b", Message: gossip{[]int64{1, 3}}}}, out)
		require.Empty(t, b.Receive("a", out[0].Message, now))
		require.Equal(t, []int64{1, 2, 3}, b.values)
	}
}
