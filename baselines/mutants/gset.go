package mutants

import (
	"context"
	"time"

	"glomers/baselines/internal/relay"
	"glomers/node"
)

// setReplace replaces its own set by a larger one. The elements that only its own set had are lost: the larger of two sets need not
// contain the other.
func setReplace(n *node.Node) {
	var have relay.Set
	relay.ServeSet(n, &have)
	node.Receive(n, "gossip", func(_ context.Context, heard relay.List) {
		if len(heard.Messages) <= len(have.List().Messages) {
			return
		}
		have = relay.Set{}
		for _, v := range heard.Messages {
			have.Add(v)
		}
	})
	n.Every(200*time.Millisecond, func(context.Context) {
		for _, to := range n.Others() {
			_ = node.Notify(n, to, "gossip", have.List()) // fails only if the node ends
		}
	})
}
