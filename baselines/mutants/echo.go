package mutants

import (
	"context"
	"encoding/json"
	"time"

	"glomers/node"
)

type echoed struct {
	Echo json.RawMessage `json:"echo"`
}

// echoSwap keeps the request in a variable that all requests share, and waits. When it goes on, another request may be in the
// variable.
func echoSwap(n *node.Node) {
	var current echoed
	node.HandleRPC(n, "echo", func(ctx context.Context, m echoed) (echoed, error) {
		current = m
		err := n.Sleep(ctx, 100*time.Millisecond)
		return current, err
	})
}

// echoLate answers one request in ten when its client, which waits for 5 s, has given up.
func echoLate(n *node.Node) {
	node.HandleRPC(n, "echo", func(ctx context.Context, m echoed) (echoed, error) {
		var err error
		if n.Rand().IntN(10) == 0 {
			err = n.Sleep(ctx, 6*time.Second)
		}
		return m, err
	})
}

// echoTypo misspells a field of the reply: names of JSON fields are case-sensitive.
func echoTypo(n *node.Node) {
	type answer struct {
		Echo json.RawMessage `json:"Echo"`
	}
	node.HandleRPC(n, "echo", func(_ context.Context, m echoed) (answer, error) { return answer(m), nil })
}
