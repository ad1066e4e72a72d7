package node_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/control"
	"glomers/node"
	"glomers/node/nodetest"
)

func TestSkew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, n := startCaller(t)
		require.Equal(t, time.Now(), n.Now())
		control.Skew(n, -time.Hour)
		require.Equal(t, time.Now().Add(-time.Hour), n.Now())
	})
}

// A node that is paused does nothing, and does all of it afterwards, in order.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		var n *node.Node
		c := nodetest.Start(t, func(started *node.Node) {
			n = started
			node.HandleRPC(n, "slow", func(ctx context.Context, _ none) (none, error) {
				err := n.Sleep(ctx, time.Second)
				d.note("slept")
				return none{}, err
			})
			node.HandleRPC(n, "quick", func(context.Context, none) (none, error) {
				d.note("quick")
				return none{}, nil
			})
			n.After(3*time.Second, func(context.Context) { d.note("timer") })
		})
		var clients sync.WaitGroup
		clients.Go(func() { nodetest.Request[none](c, "slow", nil) })
		synctest.Wait()
		resume := control.Pause(n)
		time.Sleep(2 * time.Second)
		clients.Go(func() { nodetest.Request[none](c, "quick", nil) })
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Empty(t, d.events)
		resume()
		clients.Wait()
		synctest.Wait()
		c.Close()
		require.Equal(t, []string{"4s slept", "4s quick", "4s timer"}, d.events)
	})
}
