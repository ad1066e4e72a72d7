package baselines

import (
	"context"
	"encoding/json"

	"glomers/node"
)

// Echo answers each request with what it holds, which stays raw JSON: decoded to any, a
// number above 2^53 would come back rounded.
func Echo(n *node.Node) {
	type message struct {
		Echo json.RawMessage `json:"echo"`
	}
	node.HandleRPC(n, "echo", func(_ context.Context, m message) (message, error) { return m, nil })
}
