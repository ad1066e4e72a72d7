package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// The judge of the challenges agrees with our own, and sees more: no transaction misses what one that it
// has seen has overwritten (G-single), not even across a session.
func TestElle(t *testing.T) {
	s := newSim(2, 1)
	s.latency = func() time.Duration { return hop }
	s.load(1000, 4*time.Second, none)
	s.cut = func(int, int) bool { return true }
	s.load(1000, 6*time.Second, none)
	s.cut = whole
	s.load(1000, 9*time.Second, none)

	var h []history.Op
	for i, ran := range s.history {
		process := history.Process(0)
		if ran.session != s.history[0].session {
			process = 1
		}
		value, err := json.Marshal(ran.ops)
		require.NoError(t, err)
		for k, typ := range []history.Type{history.Invoke, history.OK} {
			h = append(h, history.Op{Index: 2*i + k, Time: int64(2*i + k), Type: typ, Process: process, F: "txn", Value: value})
		}
	}
	result := elle.Register(h, elle.Options{
		Models: []elle.Model{"causal-cerone", elle.SessionCommitted}, Strict: true, Nodes: 2, Concurrency: 2,
	})
	require.Equal(t, check.Valid, result.Valid, "%v", result.Reasons())
	require.Subset(t, []elle.Anomaly{
		"lost-update", "G2-item", "G2-item-process", "G-nonadjacent-item", "G-nonadjacent-item-process",
	}, result.Tolerated, "what remains available must allow these")
	require.Contains(t, result.Tolerated, elle.Anomaly("lost-update"))
}
