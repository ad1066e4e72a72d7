package main

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var ids = []string{"a", "b", "c"}

func TestAddUpToTheLimit(t *testing.T) {
	r := newReplica("a", ids, time.Unix(0, 1))
	require.NoError(t, r.add(math.MaxInt64-3))
	require.EqualError(t, r.add(4), "g-counter: 4 more than 9223372036854775804 is beyond 64 bits")
	require.NoError(t, r.add(3))
	r.Receive("b", gossip{Totals: counter{"b@1": math.MaxInt64}}, 0)
	require.Equal(t, "18446744073709551614", r.totals.value().String())
}

func TestStrangersAreIgnored(t *testing.T) {
	r := newReplica("a", ids, time.Unix(0, 1))
	for _, from := range []string{"a", "c1", "seq-kv", ""} {
		require.Empty(t, r.Receive(from, gossip{Totals: counter{"x": 3}, Ask: true}, 0))
	}
	require.Equal(t, counter{"a@1": 0}, r.totals)
}
