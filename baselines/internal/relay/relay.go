// Package relay is the common part of the broadcast baselines, in pieces that a mutant can replace.
package relay

import (
	"context"

	"glomers/baselines/internal/peers"
	"glomers/node"
)

// A Relay spreads values over a graph: a node that gets a value for the first time, from a client or from another node,
// passes the value on to its neighbours. Nodes use the same request as clients; its reply is the acknowledgement.
//
// The fields may be used only by functions that have the node's turn.
type Relay struct {
	Node       *node.Node
	Have       Set
	Neighbours []string

	// Spread passes on a new value that came from the node or client called from. New sets it to Flood.
	Spread func(from string, v int64)
	// Read answers a read. New sets it to Have.List.
	Read func() List
}

// New returns a relay without neighbours. It registers the handlers of broadcast and read on n; the caller must register the
// handler of topology.
func New(n *node.Node) *Relay {
	r := &Relay{Node: n}
	r.Spread, r.Read = r.Flood, r.Have.List
	n.Show(func() any { return map[string]any{"messages": r.Have.List().Messages, "neighbours": r.Neighbours} })
	node.HandleRPC(n, "broadcast", func(ctx context.Context, m Message) (struct{}, error) {
		r.Accept(node.From(ctx), m.Message)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (List, error) { return r.Read(), nil })
	return r
}

// Accept stores a value and, if the value is new, spreads it.
func (r *Relay) Accept(from string, v int64) {
	if r.Have.Add(v) {
		r.Spread(from, v)
	}
}

// Flood passes v on to every neighbour except from.
func (r *Relay) Flood(from string, v int64) {
	for _, to := range r.Neighbours {
		if to != from {
			peers.Pass(r.Node, to, "broadcast", Message{v})
		}
	}
}

// HearTopology registers a handler that sets the relay's neighbours to those in the topology.
func (r *Relay) HearTopology() {
	node.HandleRPC(r.Node, "topology", func(_ context.Context, t Topology) (struct{}, error) {
		r.Neighbours = t.Topology[r.Node.ID()]
		return struct{}{}, nil
	})
}

// IgnoreTopology registers a handler of topology that does nothing.
func IgnoreTopology(n *node.Node) {
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
}
