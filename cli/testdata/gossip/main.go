// Gossip is a node for broadcast. Tests of the watch command break and repair it.
package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"glomers/node"
)

// again is the time between two repetitions of everything.
const again = 500 * time.Millisecond

type values struct {
	Values []int `json:"values"`
}

func main() {
	n, seen := node.NewNode(), map[int]bool{}
	all := func() []int { return slices.AppendSeq([]int{}, maps.Keys(seen)) }
	tell := func(vs []int) {
		for _, peer := range n.NodeIDs() {
			if peer != n.ID() {
				_ = node.Notify(n, peer, "gossip", values{vs}) // it comes again
			}
		}
	}
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "broadcast", func(_ context.Context, r struct{ Message int }) (struct{}, error) {
		seen[r.Message] = true
		tell([]int{r.Message})
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (reply struct {
		Messages []int `json:"messages"`
	}, err error) {
		reply.Messages = all()
		return reply, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, m values) {
		for _, v := range m.Values {
			seen[v] = true
		}
	})
	n.Every(again, func(context.Context) { tell(all()) })
	node.Main(n)
}
