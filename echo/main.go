// Echo is a node of the echo challenge: it answers each message with the same message.
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

// message is both the request and the reply. Its value stays raw JSON, so it goes back with every digit. Decoded to any, a number
// above 2^53 would be rounded.
type message struct {
	Echo json.RawMessage `json:"echo,omitempty"`
}

// serve registers the handler of an echo node.
func serve(n *node.Node) {
	node.HandleRPC(n, "echo", func(_ context.Context, m message) (message, error) { return m, nil })
}
