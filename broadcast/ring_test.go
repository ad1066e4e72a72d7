package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/internal/bound"
	"glomers/node"
)

// tokenRing is a node of a ring in which one token goes round, with everything, until the given time. It survives no loss: it is here to
// show what it costs.
func tokenRing(until time.Duration) func(*node.Node) {
	return func(n *node.Node) {
		have, start := set{}, time.Now()
		pass := func() {
			if time.Since(start) < until {
				next := (n.Index() + 1) % len(n.NodeIDs())
				_ = node.Notify(n, n.NodeIDs()[next], "token", gossip{Have: have})
			}
		}
		n.OnInit(func(context.Context) error {
			if n.ID() == n.NodeIDs()[0] {
				pass()
			}
			return nil
		})
		node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
		node.HandleRPC(n, "broadcast", func(_ context.Context, req broadcastRequest) (struct{}, error) {
			have = have.union(set{{*req.Message, *req.Message}})
			return struct{}{}, nil
		})
		node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
			return readReply{slices.AppendSeq([]int64{}, have.all())}, nil
		})
		node.Receive(n, "token", func(_ context.Context, g gossip) {
			have = have.union(g.Have)
			pass()
		})
	}
}

// TestTheRingBeatsTheStar: the write-up once had the cost of the star with slots for a lower bound. A ring needs less, in the same time.
func TestTheRingBeatsTheStar(t *testing.T) {
	for nodes, budget := range map[int]time.Duration{
		3: 500 * time.Millisecond, 4: 700 * time.Millisecond, 5: 900 * time.Millisecond, 7: 1300 * time.Millisecond,
	} {
		test := challenge3e()
		test.NodeCount = nodes
		until := test.TimeLimit + budget
		test.Program = harness.InProcess(tokenRing(until))
		res := sim.Check(t, test)
		load := bound.Broadcast{Nodes: float64(nodes), Ops: test.Rate, Values: test.Rate / 2, Hop: hop.Seconds()}
		perOp := float64(res.Net.Servers.Messages) / until.Seconds() / test.Rate
		require.LessOrEqual(t, time.Duration(stableLatencies(res).Max)*time.Millisecond, budget)
		require.Less(t, perOp, load.StarSlots(budget.Seconds()), "%d nodes", nodes)
		require.InEpsilon(t, load.Ring(budget.Seconds()), perOp, 0.02)
		t.Logf("%d nodes: %.3f messages per operation, at most %d ms; the star with slots %.3f", nodes, perOp, stableLatencies(res).Max, load.StarSlots(budget.Seconds()))
	}
}
