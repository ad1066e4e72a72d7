package peers_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines/internal/peers"
	"glomers/node"
	"glomers/node/nodetest"
)

func TestOnce(t *testing.T) {
	var o peers.Once[int]
	calls := 0
	count := func() int { calls++; return calls }
	require.Equal(t, 1, o.Do(7, count))
	require.Equal(t, 2, o.Do(8, count))
	require.Equal(t, 1, o.Do(7, count), "a repeat gets the first reply")
	require.Equal(t, 3, o.Do(0, count))
	require.Equal(t, 4, o.Do(0, count), "clients' own requests are never repeats")
}

// The calls of Each wait concurrently, and its error is that of the first item.
func TestEach(t *testing.T) {
	type reply struct {
		Done int `json:"done"`
	}
	done := 0
	c := nodetest.Start(t, func(n *node.Node) {
		node.HandleRPC(n, "all", func(ctx context.Context, _ struct{}) (reply, error) {
			err := peers.Each(ctx, n, []string{"n2", "n3"}, func(ctx context.Context, to string) error {
				_, err := peers.Ask[struct{}](ctx, n, to, "work", struct{}{})
				done++
				return err
			})
			return reply{done}, err
		})
		node.HandleRPC(n, "none", func(ctx context.Context, _ struct{}) (reply, error) {
			return reply{}, peers.Each(ctx, n, nil, nil)
		})
	}, "n1", "n2", "n3")
	nodetest.Request[reply](c, "none", nil)

	ask := func(first, second any) node.Message {
		result := make(chan node.Message)
		go func() { result <- c.Do("all", nil) }()
		a, b := c.Expect("n2", "work"), c.Expect("n3", "work") // both arrive before any reply
		c.Reply(b, second)
		c.Reply(a, first)
		return <-result
	}
	require.Equal(t, 2, nodetest.Body[reply](c, ask(struct{}{}, struct{}{})).Done)
	m := ask(node.NewRPCError(node.Abort, "first"), errors.New("second"))
	require.Contains(t, string(m.Body), `"first"`)
	require.NotContains(t, string(m.Body), `"second"`)
}

// Pass repeats a request until it is acknowledged.
func TestPass(t *testing.T) {
	c := nodetest.Start(t, func(n *node.Node) {
		node.HandleRPC(n, "tell", func(context.Context, struct{}) (struct{}, error) {
			peers.Pass(n, "n2", "news", struct{}{})
			return struct{}{}, nil
		})
	}, "n1", "n2")
	nodetest.Request[struct{}](c, "tell", nil)
	c.Reply(c.Expect("n2", "news"), node.NewRPCError(node.Abort, "not now"))
	c.Reply(c.Expect("n2", "news"), struct{}{})
}
