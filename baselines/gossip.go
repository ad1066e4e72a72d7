package baselines

import (
	"context"
	"time"

	"glomers/baselines/internal/relay"
	"glomers/node"
)

// gossipEvery is the length of a round. A value needs about log2 n + ln n rounds to be everywhere (Pittel
// 1987): eight with 25 nodes.
const gossipEvery = 200 * time.Millisecond

// Gossip sends everything that it has to one random node in each round, and merges what it is sent (Demers et al.
// 1987). It knows no topology, no acknowledgements and no repeats: whatever is lost, a later round
// makes up for. The cost is the same with and without news, and messages grow with the set.
func Gossip(n *node.Node) {
	have := gossipedSet(n)
	relay.IgnoreTopology(n)
	node.HandleRPC(n, "broadcast", func(_ context.Context, m relay.Message) (struct{}, error) {
		have.Add(m.Message)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (relay.List, error) { return have.List(), nil })
}

// GossipSet is Gossip for the workload g-set, which is broadcast by other names. A set that only grows is the simplest CRDT
// (Shapiro et al. 2011): merging is union, so order and repeats of messages do not matter.
func GossipSet(n *node.Node) {
	relay.ServeSet(n, gossipedSet(n))
}

// gossipedSet returns a set that n gossips about.
func gossipedSet(n *node.Node) *relay.Set {
	var have relay.Set
	gossip(n, have.List, func(heard relay.List) {
		for _, v := range heard.Messages {
			have.Add(v)
		}
	})
	return &have
}

// gossip sends what have returns to a random node in each round, and merges what it is sent.
func gossip[T any](n *node.Node, have func() T, merge func(heard T)) {
	node.Receive(n, "gossip", func(_ context.Context, heard T) { merge(heard) })
	n.Every(gossipEvery, func(context.Context) {
		if others := n.Others(); len(others) > 0 {
			// Only a broken output is an error, and that ends the node.
			_ = node.Notify(n, others[n.Rand().IntN(len(others))], "gossip", have())
		}
	})
}
