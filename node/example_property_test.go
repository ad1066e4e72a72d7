package node_test

import (
	"context"
	"log/slog"

	"glomers/node"
)

// A register keeps the newest value. Its properties are declared where its handlers are registered: that the node never goes back in time,
// and that a test comes to the case for which stamps are there at all.
func ExampleAlways() {
	type write struct {
		Value string `json:"value"`
		Stamp int64  `json:"stamp"`
	}
	serve := func(n *node.Node) {
		var newest write
		forward := node.Always(n, "the stamp of the register only grows")
		overtaken := node.Sometimes(n, "a newer write overtakes an older one")
		node.Receive(n, "write", func(_ context.Context, w write) {
			overtaken.Check(w.Stamp < newest.Stamp)
			before := newest.Stamp
			if w.Stamp > newest.Stamp {
				newest = w
			}
			forward.Check(newest.Stamp >= before, slog.Int64("before", before), slog.Int64("after", newest.Stamp))
		})
	}
	serve(node.NewNode())
	// Output:
}

// A Machine keeps its properties in fields. They are nil in tests that make the machine without a node, and say nothing there.
func ExampleSometimes() {
	type replica struct {
		node.Machine[struct{}]             // its methods check the property
		late                   *node.Claim // of a message of an earlier life
	}
	serve := func(n *node.Node) {
		late := node.Sometimes(n, "a message of an earlier life arrives")
		node.Drive(n, "gossip", func() *replica { return &replica{late: late} })
	}
	serve(node.NewNode())
	// Output:
}

// Reachable and Unreachable are for branches. A sweep of many seeds says if none of them got there.
func ExampleReachable() {
	serve := func(n *node.Node) {
		restored := node.Reachable(n, "a restarted node finds its total")
		twice := node.Unreachable(n, "two nodes write the total of one")
		totals := node.NewSeqKV(n)
		n.OnInit(func(ctx context.Context) error {
			total, err := totals.ReadInt(ctx, n.ID())
			if err == nil && total > 0 {
				restored.Reach(slog.Int("total", total))
			}
			return nil
		})
		node.HandleRPC(n, "save", func(ctx context.Context, req struct{ From, To int }) (struct{}, error) {
			err := totals.CompareAndSwap(ctx, n.ID(), req.From, req.To, true)
			if node.ErrorCode(err) == node.PreconditionFailed {
				twice.Reach(slog.Any("err", err))
			}
			return struct{}{}, err
		})
	}
	serve(node.NewNode())
	// Output:
}

// The results of a run have the smallest and the largest value.
func ExampleExtremes() {
	serve := func(n *node.Node) {
		var queue []string
		waiting := node.Extremes(n, "values that wait for the next round")
		node.HandleRPC(n, "add", func(_ context.Context, req struct{ Value string }) (struct{}, error) {
			queue = append(queue, req.Value)
			waiting.See(float64(len(queue)))
			return struct{}{}, nil
		})
	}
	serve(node.NewNode())
	// Output:
}
