package main

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node/nodetest"
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

// The order of maps decides nothing that is sent, and a message that comes twice changes no total.
func TestHandlers(t *testing.T) {
	type input = func(*replica) []envelope
	gets := func(from string, g gossip, now time.Duration) input {
		return func(r *replica) []envelope { return r.Receive(from, g, now) }
	}
	inputs := []input{
		func(r *replica) []envelope { return r.Tick(0) },
		gets("b", gossip{Totals: counter{"b@1": 3, "c@1": 4, "c@2": 5}, Ask: true}, time.Second),
		func(r *replica) []envelope { require.NoError(t, r.add(7)); return nil },
		gets("c", gossip{Totals: counter{"b@1": 2, "c@2": 9, "a@1": 7}, Ask: true}, 2*time.Second),
		func(r *replica) []envelope { return r.Tick(3 * time.Second) },
	}
	start := func() *replica { return newReplica("a", ids, time.Unix(0, 1)) }
	nodetest.Deterministic(t, start, inputs...)
	nodetest.Idempotent(t, start, func(r *replica) any { return r.totals }, inputs[1], inputs[3])
}
