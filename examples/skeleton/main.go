// Skeleton is a node that makes unique ids: a small complete one, to be replaced.
//
// The decisions are in replica.go; this file connects them to messages.
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

type generated struct {
	ID int64 `json:"id"`
}

// serve registers the handlers of a skeleton node.
func serve(n *node.Node) {
	var r *replica // nil until the node has been initialised: no client is served before
	n.OnInit(func(context.Context) error {
		r = newReplica(n.ID(), n.NodeIDs())
		return nil
	})
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (generated, error) {
		return generated{r.next()}, nil // sent as generate_ok
	})
}
