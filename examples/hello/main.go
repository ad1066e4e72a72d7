// Hello is a set that all nodes keep together: it passes the workload g-set, also under partition.
package main

import (
	"context"
	"slices"
	"time"

	"glomers/node"
)

type elements struct {
	Value []int `json:"value"`
}

func main() {
	n := node.NewNode()
	set := elements{[]int{}} // no lock: handlers and timers run one at a time
	add := func(more ...int) {
		set.Value = append(set.Value, more...)
		slices.Sort(set.Value)
		set.Value = slices.Compact(set.Value)
	}
	node.HandleRPC(n, "add", func(_ context.Context, req struct{ Element int }) (struct{}, error) {
		add(req.Element)
		return struct{}{}, nil // sent as add_ok
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (elements, error) { return set, nil })
	node.Receive(n, "gossip", func(_ context.Context, theirs elements) { add(theirs.Value...) })
	n.Every(100*time.Millisecond, func(context.Context) {
		peer := n.NodeIDs()[n.Rand().IntN(len(n.NodeIDs()))]
		_ = node.Notify(n, peer, "gossip", set) // whatever is lost, the next one has it, too
	})
	node.Main(n)
}
