// A node with a typed handler of a small struct, on package node.
package main

import (
	"context"

	"glomers/node"
	"glomers/node/bench/meter"
)

type send struct {
	Key string `json:"key"`
	Msg int64  `json:"msg"`
}

type sent struct {
	Offset int64 `json:"offset"`
}

func main() {
	n := node.NewNode()
	offsets := make(map[string]int64)
	node.HandleRPC(n, "send", func(_ context.Context, req send) (sent, error) {
		offsets[req.Key]++
		return sent{offsets[req.Key]}, nil
	})
	meter.Run(n.Run)
}
