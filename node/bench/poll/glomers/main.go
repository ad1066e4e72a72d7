// A log that is polled, on package node.
package main

import (
	"context"

	"glomers/node"
	"glomers/node/bench/meter"
)

type poll struct {
	Offsets map[string]int64 `json:"offsets"`
}

type polled struct {
	Msgs map[string][][2]int64 `json:"msgs"`
}

func main() {
	n := node.NewNode()
	var entries [25][2]int64
	for i := range entries {
		entries[i] = [2]int64{int64(1000 + i), int64(100_000 + i)}
	}
	node.HandleRPC(n, "poll", func(_ context.Context, req poll) (polled, error) {
		msgs := make(map[string][][2]int64)
		for key := range req.Offsets {
			msgs[key] = entries[:]
		}
		return polled{msgs}, nil
	})
	meter.Run(n.Run)
}
