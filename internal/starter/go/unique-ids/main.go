// A node of the workload unique-ids: every id that it gives out is unique among all nodes.
package main

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

type generated struct {
	ID string `json:"id"`
}

// serve registers the handlers of a node. An id consists of the node's id, which no other node has, the time at which the node
// started, which differs after a restart, and a counter. So a node needs no message to another one.
func serve(n *node.Node) {
	var started time.Time
	n.OnInit(func(context.Context) error {
		started = n.Now()
		return nil
	})
	count := 0
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (generated, error) {
		count++
		return generated{fmt.Sprintf("%s-%x-%d", n.ID(), started.UnixNano(), count)}, nil
	})
}
