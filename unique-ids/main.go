// Unique-ids is a node of the unique id generation challenge. It gives out ids without asking any other node. No other node gives out the
// same id, nor does this node after a restart.
package main

import (
	"context"
	"time"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

type generated struct {
	ID int64 `json:"id"`
}

// serve registers the handlers of a unique-ids node.
func serve(n *node.Node) {
	var ids *generator // nil until the node has been initialised: no client is served before

	n.OnInit(func(ctx context.Context) error {
		start := n.Now()
		g, err := newGenerator(start, n.Index())
		if err != nil {
			return err
		}
		if err := waitPast(ctx, n, start); err != nil {
			return err
		}
		ids = g
		return nil
	})
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (generated, error) {
		return generated{ids.next()}, nil
	})
}

// waitPast waits until the clock shows a later millisecond than that of start. A process that is killed and
// started again at once then has a start of its own.
func waitPast(ctx context.Context, n *node.Node, start time.Time) error {
	next := start.Truncate(time.Millisecond).Add(time.Millisecond)
	for n.Now().Before(next) {
		if err := n.Sleep(ctx, next.Sub(n.Now())); err != nil {
			return err
		}
	}
	return nil
}
