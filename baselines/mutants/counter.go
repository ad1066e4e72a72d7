package mutants

import (
	"context"
	"maps"
	"time"

	"glomers/baselines/internal/counter"
	"glomers/node"
)

// counterOverwrite overwrites its own total by the one that another node has heard of, which is older. It should take the maximum
// of each total.
func counterOverwrite(n *node.Node) {
	totals := gossipTotals(n, func(mine, heard map[string]int) { maps.Copy(mine, heard) })
	serveTotals(n, totals, func(int) {})
}

// gossipTotals returns totals of each node, tells the other nodes all of them, and merges theirs.
func gossipTotals(n *node.Node, merge func(mine, heard map[string]int)) map[string]int {
	type gossip struct {
		Totals map[string]int `json:"totals"`
	}
	totals := make(map[string]int)
	node.Receive(n, "gossip", func(_ context.Context, g gossip) { merge(totals, g.Totals) })
	n.Every(200*time.Millisecond, func(context.Context) {
		for _, to := range n.Others() {
			_ = node.Notify(n, to, "gossip", gossip{totals}) // fails only if the node ends
		}
	})
	return totals
}

// serveTotals adds to the node's own total, after it has called adding, and reads the sum of all.
func serveTotals(n *node.Node, totals map[string]int, adding func(delta int)) {
	add := func(_ context.Context, delta int) error {
		adding(delta)
		totals[n.ID()] += delta
		return nil
	}
	read := func(context.Context) (int, error) {
		sum := 0
		for _, total := range totals {
			sum += total
		}
		return sum, nil
	}
	counter.Serve(n, add, read)
}

// counterConflict adds by compare-and-set, and acknowledges the add also if another node was faster.
func counterConflict(n *node.Node) {
	s := counter.Sum{KV: node.NewSeqKV(n), Node: n}
	add := func(ctx context.Context, delta int) error {
		sum, err := s.ReadLatest(ctx)
		if err != nil {
			return err
		}
		if err := s.Swap(ctx, sum, sum+delta); node.ErrorCode(err) != node.PreconditionFailed {
			return err
		}
		return nil
	}
	counter.Serve(n, add, s.ReadLatest)
}

// counterStale reads from seq-kv without a barrier, so the sum that it reads may be an old one.
func counterStale(n *node.Node) {
	s := counter.Sum{KV: node.NewSeqKV(n), Node: n}
	counter.Serve(n, s.Add, s.Read)
}
