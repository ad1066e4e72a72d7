// A node of the workload broadcast: a value that a client gives to any node is soon in the reads of all nodes.
//
// The decisions are in replica.go; this file connects them to clients.
package main

import (
	"context"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

type (
	broadcastRequest struct {
		Message int64 `json:"message"`
	}
	readReply struct {
		Messages []int64 `json:"messages"`
	}
	topologyRequest struct {
		Topology map[string][]string `json:"topology"` // the suggested neighbours of each node
	}
)

// serve registers the handlers of a broadcast node.
func serve(n *node.Node) {
	d := node.Drive(n, "gossip", func() *replica { return &replica{neighbours: n.Others()} })
	node.HandleRPC(n, "topology", func(_ context.Context, req topologyRequest) (struct{}, error) {
		d.Machine.neighbours = req.Topology[n.ID()]
		return struct{}{}, nil // sent as topology_ok
	})
	node.HandleRPC(n, "broadcast", func(_ context.Context, req broadcastRequest) (struct{}, error) {
		d.Machine.add(req.Message)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{append([]int64{}, d.Machine.values...)}, nil // an empty set is [], not null
	})
}
