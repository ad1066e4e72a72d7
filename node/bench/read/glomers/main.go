// A node of broadcast that has 10,000 values and is read, on package node.
package main

import (
	"context"

	"glomers/node"
	"glomers/node/bench/meter"
)

type values struct {
	Messages []int64 `json:"messages"`
}

func main() {
	n := node.NewNode()
	var all values
	for v := range int64(10_000) {
		all.Messages = append(all.Messages, v)
	}
	node.HandleRPC(n, "read", func(context.Context, struct{}) (values, error) { return all, nil })
	meter.Run(n.Run)
}
