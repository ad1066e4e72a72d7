// Command process is the node of process_test.go.
package main

import (
	"context"
	"encoding/json"

	"glomers/node"
)

type slowRequest struct {
	Hang bool `json:"hang"`
}

func main() {
	n := node.NewNode()
	node.HandleRPC(n, "echo", func(_ context.Context, body map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		return body, nil
	})
	n.Handle("official", func(msg node.Message) error {
		return n.Reply(msg, map[string]any{"type": "official_ok"})
	})

	started := make(chan struct{})  // closed when the function below runs, which a node that shuts down would not begin
	stopping := make(chan struct{}) // closed when the shutdown begins
	n.Go(func(ctx context.Context) {
		close(started)
		n.Blocking(ctx, func() { <-ctx.Done() })
		close(stopping)
	})
	// slow is in flight until the node is asked to end, and with hang for as long as it may.
	node.HandleRPC(n, "slow", func(ctx context.Context, req slowRequest) (struct{}, error) {
		n.Blocking(ctx, func() { <-started })
		if err := node.Notify(n, node.From(ctx), "begun", struct{}{}); err != nil {
			return struct{}{}, err
		}
		n.Blocking(ctx, func() { <-stopping })
		if err := node.Notify(n, node.From(ctx), "stopping", struct{}{}); err != nil {
			return struct{}{}, err
		}
		if req.Hang {
			n.Blocking(ctx, func() { <-ctx.Done() })
		}
		return struct{}{}, nil
	})
	node.Main(n)
}
