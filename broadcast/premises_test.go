package main

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
	"glomers/internal/bound"
	"glomers/node"
)

// The nodes in this file are below what any program needs, and valid. Each breaks one premise of the proofs, and shows that it is one.

// premise3e is challenge 3e for a shorter time, with such nodes.
func premise3e(register func(*node.Node)) harness.Test {
	test := challenge3e()
	test.TimeLimit, test.Program = 5*time.Second, harness.InProcess(register)
	return test
}

// beforeAHop is what the proofs want for a latency of a hop at most.
func beforeAHop() float64 {
	test := challenge3e()
	return bound.Broadcast{Nodes: float64(test.NodeCount), Ops: test.Rate, Values: test.Rate / 2, Hop: hop.Seconds()}.Least(hop.Seconds())
}

// cheapSet registers what all of them have in common. answer is called before a broadcast or a read is answered.
func cheapSet(n *node.Node, have *set, answer func(ctx context.Context, typ string) error) {
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "broadcast", func(ctx context.Context, req broadcastRequest) (struct{}, error) {
		*have = have.union(set{{*req.Message, *req.Message}})
		return struct{}{}, answer(ctx, "broadcast")
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (readReply, error) {
		err := answer(ctx, "read")
		return readReply{slices.AppendSeq([]int64{}, have.all())}, err
	})
}

// Values are 0, 1, 2, … in this workload, and nobody minds a value that comes later. So a node may know all without being told any.
func TestGuessedValuesNeedNoMessages(t *testing.T) {
	res := sim.Check(t, premise3e(func(n *node.Node) {
		all := set{{0, 999}}
		cheapSet(n, &all, func(context.Context, string) error { return nil })
	}))
	require.Zero(t, res.Net.Servers.Messages)
	require.Zero(t, stableLatencies(res).Max)
}

// Who refuses need not know anything. Only --availability minds.
func TestRefusalsNeedNoMessages(t *testing.T) {
	refuser := func(n *node.Node) {
		have := set{}
		cheapSet(n, &have, func(context.Context, string) error {
			if n.ID() != n.NodeIDs()[0] {
				return node.NewRPCError(node.TemporarilyUnavailable, "ask the first node")
			}
			return nil
		})
	}
	test := premise3e(refuser)
	res := sim.Check(t, test)
	require.Zero(t, res.Net.Servers.Messages)
	require.Zero(t, stableLatencies(res).Max)

	test.Availability = "total"
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
}

// The stable latency counts from the acknowledgement, or from the first read that shows the value; the windows of the proofs from the value. Nodes that
// acknowledge after 4 s have that time for their messages, if they hide what not everybody has.
func lateAcknowledger(hides bool) func(*node.Node) {
	const slot, wait, moment = 3500 * time.Millisecond, 4 * time.Second, time.Millisecond
	return func(n *node.Node) {
		have, shown := set{}, set{}
		node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
		node.HandleRPC(n, "broadcast", func(ctx context.Context, req broadcastRequest) (struct{}, error) {
			have = have.union(set{{*req.Message, *req.Message}})
			return struct{}{}, n.Sleep(ctx, wait)
		})
		node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
			if !hides {
				shown = have
			}
			return readReply{slices.AppendSeq([]int64{}, shown.all())}, nil
		})
		node.Receive(n, "news", func(_ context.Context, g gossip) { have = have.union(g.Have) })
		show := func(all set) { n.After(hop+moment, func(context.Context) { shown = all }) }
		node.Receive(n, "round", func(_ context.Context, g gossip) {
			have = have.union(g.Have)
			n.After(moment, func(context.Context) { shown = g.Have })
		})
		n.OnInit(func(context.Context) error { // all at the same time
			n.Every(slot, func(context.Context) {
				if hub := n.NodeIDs()[0]; hub != n.ID() {
					_ = node.Notify(n, hub, "news", gossip{Have: have})
					return
				}
				n.After(hop+moment, func(context.Context) {
					for _, id := range n.NodeIDs()[1:] {
						_ = node.Notify(n, id, "round", gossip{Have: have})
					}
					show(have)
				})
			})
			return nil
		})
	}
}

func TestLateAcknowledgementsAreBelowTheBound(t *testing.T) {
	test := premise3e(lateAcknowledger(true))
	test.TimeLimit, test.Concurrency = 10*time.Second, 300
	res := sim.Check(t, test)
	require.LessOrEqual(t, stableLatencies(res).Max, hop.Milliseconds())
	require.Less(t, res.Net.Servers.MsgsPerOp, beforeAHop()/10)
	t.Logf("%.3f messages per operation, at most %d ms", res.Net.Servers.MsgsPerOp, stableLatencies(res).Max)

	test.Program = harness.InProcess(lateAcknowledger(false))
	require.Greater(t, stableLatencies(sim.Check(t, test)).Max, int64(3000), "whoever shows a value has as good as acknowledged it")
}

// A message in a client's name counts as a client's, takes no time, and crosses every cut, as in Maelstrom. So nodes that speak as the
// client that has just come send each other nothing, are never late, and do not notice a partition.
func TestNodesThatSpeakAsClients(t *testing.T) {
	for _, faults := range [][]string{nil, {"partition"}} {
		test := premise3e(func(n *node.Node) {
			var mu sync.Mutex // functions of Handle may run at the same time as others
			have := set{}
			add := func(v int64) {
				mu.Lock()
				defer mu.Unlock()
				have = have.union(set{{v, v}})
			}
			node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
			n.Handle("broadcast", func(m node.Message) error {
				var req broadcastRequest
				if err := json.Unmarshal(m.Body, &req); err != nil {
					return err
				}
				add(*req.Message)
				self, ids := n.ID(), n.NodeIDs()
				n.Init(m.Src, ids)
				for _, id := range ids {
					if id != self {
						_ = node.Notify(n, id, "copy", map[string]int64{"message": *req.Message})
					}
				}
				n.Init(self, ids)
				return n.Reply(m, map[string]string{"type": "broadcast_ok"})
			})
			node.Receive(n, "copy", func(_ context.Context, req broadcastRequest) { add(*req.Message) })
			node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
				mu.Lock()
				defer mu.Unlock()
				return readReply{slices.AppendSeq([]int64{}, have.all())}, nil
			})
		})
		test.Nemesis, test.NemesisInterval = faults, time.Second
		res := sim.Check(t, test)
		require.Zero(t, res.Net.Servers.Messages)
		require.Zero(t, stableLatencies(res).Max)
	}
}
