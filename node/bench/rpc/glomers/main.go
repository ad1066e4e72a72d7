// Two nodes of which one calls the other, on package node. This is the program of both.
package main

import (
	"context"
	"log"

	"glomers/node"
	"glomers/node/bench/meter"
)

// calls asks for so many calls of To, some of them at a time.
type calls struct {
	To         string `json:"to"`
	Count      int    `json:"count"`
	Concurrent int    `json:"concurrent"`
}

type read struct {
	Key string `json:"key"`
}

type value struct {
	Value int64 `json:"value"`
}

func main() {
	n := node.NewNode()
	node.HandleRPC(n, "read", func(_ context.Context, req read) (value, error) {
		return value{int64(len(req.Key))}, nil
	})
	node.HandleRPC(n, "calls", func(ctx context.Context, req calls) (struct{}, error) {
		left, busy := req.Count, req.Concurrent
		done := make(chan struct{})
		for range req.Concurrent {
			n.Go(func(ctx context.Context) {
				for left > 0 {
					left--
					if _, err := node.Call[value](ctx, n, req.To, "read", read{"key"}); err != nil {
						log.Fatal(err)
					}
				}
				if busy--; busy == 0 {
					close(done)
				}
			})
		}
		n.Blocking(ctx, func() { <-done })
		return struct{}{}, nil
	})
	meter.Run(n.Run)
}
