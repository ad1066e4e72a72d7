// The echo node of the benchmark, on package node.
package main

import (
	"context"
	"encoding/json"

	"glomers/node"
	"glomers/node/bench/meter"
)

type echo struct {
	Echo json.RawMessage `json:"echo"`
}

func main() {
	n := node.NewNode()
	node.HandleRPC(n, "echo", func(_ context.Context, req echo) (echo, error) { return req, nil })
	meter.Run(n.Run)
}
