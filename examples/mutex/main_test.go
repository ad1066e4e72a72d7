package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/control"
	"glomers/node"
	"glomers/node/nodetest"
)

// Clients whose patience has ended while their node stood still give up in the order in which they came: a run with the same seed
// must be the same.
func TestClientsGiveUpInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const clients = 30
		var n *node.Node
		c := nodetest.Start(t, func(started *node.Node) {
			n = started
			serve(n, protocol())
		}, "n1")
		time.Sleep(lease + time.Millisecond) // the silence is over
		for i := range clients {
			c.Deliver(fmt.Sprintf(`{"src":"c%d","dest":"n1","body":{"type":"enter","msg_id":1}}`, i))
		}
		synctest.Wait()
		resume := control.Pause(n)
		time.Sleep(patience + time.Millisecond)
		resume()
		synctest.Wait()
		sent := c.Sent()
		require.Len(t, sent, clients)
		require.Equal(t, "enter_ok", sent[0].Type())
		for i, m := range sent {
			require.Equal(t, fmt.Sprint("c", i), m.Dest)
		}
	})
}
