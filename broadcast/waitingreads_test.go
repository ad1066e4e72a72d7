package main

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/internal/bound"
	"glomers/node"
)

// askingReader is a node that keeps values at the first node, and lets each read wait until that has answered.
func askingReader(n *node.Node) {
	have := set{}
	all := func() readReply { return readReply{slices.AppendSeq([]int64{}, have.all())} }
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "broadcast", func(_ context.Context, req broadcastRequest) (struct{}, error) {
		have = have.union(set{{*req.Message, *req.Message}})
		if hub := n.NodeIDs()[0]; hub != n.ID() {
			return struct{}{}, node.Notify(n, hub, "gossip", gossip{Have: have})
		}
		return struct{}{}, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, g gossip) { have = have.union(g.Have) })
	node.HandleRPC(n, "fetch", func(context.Context, struct{}) (readReply, error) { return all(), nil })
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (readReply, error) {
		if hub := n.NodeIDs()[0]; hub != n.ID() {
			return node.Call[readReply](ctx, n, hub, "fetch", struct{}{})
		}
		return all(), nil
	})
}

// TestReadsThatWaitAreBelowTheBound: the bounds are of nodes that answer reads from what they have. The stable latency counts from a
// read's begin, so reads that wait for another node make it less than a hop, with few messages; in a partition they are not answered.
func TestReadsThatWaitAreBelowTheBound(t *testing.T) {
	test := challenge3e()
	test.Program = harness.InProcess(askingReader)
	res := sim.Check(t, test)
	load := bound.Broadcast{Nodes: float64(test.NodeCount), Ops: test.Rate, Values: test.Rate / 2, Hop: hop.Seconds()}
	require.LessOrEqual(t, stableLatencies(res).Max, hop.Milliseconds())
	require.Less(t, res.Net.Servers.MsgsPerOp, 1.5)
	require.Greater(t, load.Least(hop.Seconds()), 10.0, "of nodes that do not wait")
	t.Logf("%.3f messages per operation, at most %d ms", res.Net.Servers.MsgsPerOp, stableLatencies(res).Max)
}
