package mutants

import (
	"context"
	"time"

	"glomers/baselines/internal/relay"
	"glomers/node"
)

// setReplace takes over the set that it is told if that is larger than its own, in place of it. What only it had is lost: of two
// sets neither need be a part of the other.
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
