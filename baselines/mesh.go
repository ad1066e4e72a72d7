package baselines

import (
	"context"
	"slices"

	"glomers/baselines/internal/relay"
	"glomers/node"
)

// Mesh joins every node to every other one. Who gets a value from a client sends it to all, and nobody passes on what another node
// has sent. A value is one hop from everybody, which nothing can better, and costs each other node a message and an
// acknowledgement, as in a tree: there are as many receivers.
//
// There is only one way from one node to another. While it is cut the value is repeated every second, though others may have it.
func Mesh(n *node.Node) {
	r := relay.New(n)
	relay.IgnoreTopology(n)
	n.OnInit(func(context.Context) error {
		r.Neighbours = n.Others()
		return nil
	})
	r.Spread = func(from string, v int64) {
		if !slices.Contains(r.Neighbours, from) { // but a client
			r.Flood(from, v)
		}
	}
}
