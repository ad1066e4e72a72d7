package baselines

import (
	"context"

	"glomers/baselines/internal/counter"
	"glomers/node"
)

// PNCounter counts what has been added and what has been taken away on each node, and gossips both (Shapiro et al. 2011). Everybody
// keeps the highest of each count: merging so, the order and repeats of messages do not matter.
//
// A counter that only grows is half of it. One count for each node, which goes up and down, would not do: of two values nobody
// could tell which one is newer.
//
// Requests are answered at once and cost nothing; the cost of gossip is the same with and without news. When a node is killed, it forgets
// its counts: what the others have not heard is lost, and so is what it counts before they have told it how far it was.
func PNCounter(n *node.Node) {
	have := counter.NewPN()
	gossip(n, func() counter.PN { return have }, have.Merge)
	add := func(_ context.Context, delta int) error {
		have.Add(n.ID(), delta)
		return nil
	}
	read := func(context.Context) (int, error) { return have.Value(), nil }
	counter.Serve(n, add, read)
}
