// Skeleton is a node of a set that all nodes keep together: a small complete one, to be replaced.
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
		Element int64 `json:"element"`
	}
	readReply struct {
		Value []int64 `json:"value"`
	}
)

// serve registers the handlers of a skeleton node.
func serve(n *node.Node) {
	d := node.Drive(n, "gossip", func() *replica { return &replica{others: n.Others()} })
	node.HandleRPC(n, "add", func(_ context.Context, req addRequest) (struct{}, error) {
		d.Machine.add(req.Element)
		return struct{}{}, nil // sent as add_ok
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{append([]int64{}, d.Machine.set...)}, nil // an empty set is [], not null
	})
}
