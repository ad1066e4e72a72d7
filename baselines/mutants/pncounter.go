package mutants

import (
	"context"

	"glomers/baselines/internal/counter"
	"glomers/baselines/internal/peers"
	"glomers/node"
)

// pnNet keeps the higher of two totals, as is right in a counter that only grows. When a total has gone down, the other nodes still have
// the older, higher one. It comes back, and the decrement is undone.
func pnNet(n *node.Node) { serveTotals(n, gossipTotals(n, counter.Raise), func(int) {}) }

// pnTwice sends each change to all other nodes until it is acknowledged, and each of them adds every change that comes. If an
// acknowledgement gets lost, the same change comes again.
func pnTwice(n *node.Node) {
	type change struct {
		Delta int `json:"delta"`
	}
	sum := 0
	node.HandleRPC(n, "change", func(_ context.Context, c change) (struct{}, error) {
		sum += c.Delta
		return struct{}{}, nil
	})
	add := func(_ context.Context, delta int) error {
		sum += delta
		for _, to := range n.Others() {
			peers.Pass(n, to, "change", change{delta})
		}
		return nil
	}
	counter.Serve(n, add, func(context.Context) (int, error) { return sum, nil })
}
