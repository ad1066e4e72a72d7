package ratebench

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/node"
)

// A set is a node of the workload g-set that sends each element to n0 at once, and to no other node.
type set map[int]bool

type element struct {
	Element int `json:"element"`
}

func serve(n *node.Node) Replica[int] {
	s := make(set)
	node.HandleRPC(n, "add", func(_ context.Context, e element) (struct{}, error) {
		s[e.Element] = true
		return struct{}{}, node.Notify(n, "n0", "news", e)
	})
	node.Receive(n, "news", func(_ context.Context, e element) { s[e.Element] = true })
	node.HandleRPC(n, "read", func(context.Context, struct{}) (map[string][]int, error) {
		return map[string][]int{"value": {}}, nil
	})
	return s
}

func (s set) Wrote(op history.Op) (added []int, err error) {
	if op.F != "add" {
		return nil, nil
	}
	added = []int{0}
	return added, json.Unmarshal(op.Value, &added[0])
}

func (s set) Sees(e int) bool { return s[e] }

// A write on n1 is visible on n0 after a hop; a write on n0 is never visible on n1.
func TestWatch(t *testing.T) {
	const hop = 30 * time.Millisecond
	test := harness.Test{
		Workload: "g-set", NodeCount: 2, Rate: 20, TimeLimit: 10 * time.Second, Latency: hop, LatencyDist: "constant", Seed: 1,
	}
	w := &watch[int]{serve: serve}
	_, err := sim.Run(t, w.on(test))
	require.NoError(t, err)
	require.NoError(t, w.err)
	require.Greater(t, len(w.delays), 20)
	for _, d := range w.delays {
		require.Equal(t, hop, d)
	}
	require.Empty(t, w.hidden[0])
	require.Greater(t, len(w.hidden[1]), 20)
}

// A mute is a set whose writes cannot be read.
type mute struct{ set }

func (mute) Wrote(history.Op) ([]int, error) { return nil, errors.New("what?") }

func TestWatchError(t *testing.T) {
	w := &watch[int]{serve: func(n *node.Node) Replica[int] { return mute{serve(n).(set)} }}
	_, err := sim.Run(t, w.on(harness.Test{Workload: "g-set", NodeCount: 1, Rate: 10, TimeLimit: time.Second, Seed: 1}))
	require.NoError(t, err)
	require.ErrorContains(t, w.err, "what?")
}
