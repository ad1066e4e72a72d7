package main

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/sim"
)

// cost returns the messages per operation of the design, for operations that come to all nodes alike, at random, so many a second. In a window
// of the leader all other nodes get an append and acknowledge it; in a window of a follower it forwards its operations once, and is told once what
// has become of them. A window without operations is not begun: the first one after a pause begins the next.
func cost(nodes, rate float64, window time.Duration) float64 {
	windows := func(rate float64) float64 { return 1 / (window.Seconds() + math.Exp(-rate*window.Seconds())/rate) }
	return 2 * (nodes - 1) * (windows(rate) + windows(rate/nodes)) / rate
}

// A longer window costs latency, and saves messages as far as the design says. By lease, reads cost a question and an answer, and
// nothing at the leader.
func TestCost(t *testing.T) {
	for _, c := range []struct {
		window time.Duration
		lease  bool
	}{{0, false}, {10 * time.Millisecond, false}, {20 * time.Millisecond, false}, {50 * time.Millisecond, false}, {10 * time.Millisecond, true}} {
		s := settings()
		s.Window, s.Lease = c.window, c.lease
		test := linKV(s)
		test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit, test.Seed = 5, 40, 100, 10*time.Second, 1
		res := sim.Check(t, test)
		perOp, design := res.Net.Servers.MsgsPerOp, cost(5, 100, c.window)
		t.Logf("window %v, lease %v: %.2f messages per operation, %.2f by design; median read %v, write %v", c.window, c.lease, perOp, design, res.Latencies["read"].P50, res.Latencies["write"].P50)
		// The harness's operations come more evenly than at random, so fewer of them share a window.
		require.Less(t, perOp, 1.2*design)
		if !c.lease {
			require.Greater(t, perOp, 0.7*design)
		}
	}
}
