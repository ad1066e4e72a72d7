// A node of the workload g-counter: clients add to any node, and soon the reads of all nodes are the sum.
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
	addRequest struct {
		Delta int64 `json:"delta"`
	}
	readReply struct {
		Value int64 `json:"value"`
	}
)

// serve registers the handlers of a counter node.
func serve(n *node.Node) {
	d := node.Drive(n, "gossip", func() *replica { return newReplica(n.ID(), n.Others()) })
	node.HandleRPC(n, "add", func(_ context.Context, req addRequest) (struct{}, error) {
		d.Machine.add(req.Delta)
		return struct{}{}, nil // sent as add_ok
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{d.Machine.sum()}, nil
	})
}
