// A node of the workload echo: it sends back what a client sends.
package main

import (
	"context"
	"encoding/json"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

type echo struct {
	Echo json.RawMessage `json:"echo"` // any JSON value, returned as it came
}

// serve registers the handlers of an echo node.
func serve(n *node.Node) {
	node.HandleRPC(n, "echo", func(_ context.Context, req echo) (echo, error) {
		return req, nil // sent as echo_ok
	})
}
