package nodetest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

type value struct {
	Value int `json:"value"`
}

// registerMaximum makes n keep the greatest value that any node has received.
func registerMaximum(n *node.Node) {
	var greatest value
	node.HandleRPC(n, "write", func(_ context.Context, v value) (struct{}, error) {
		if v.Value > greatest.Value {
			greatest = v
			for _, id := range n.NodeIDs() {
				_ = node.Notify(n, id, "news", v) // an error would end Run as well
			}
		}
		return struct{}{}, nil
	})
	node.Receive(n, "news", func(_ context.Context, v value) {
		greatest.Value = max(greatest.Value, v.Value)
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (value, error) { return greatest, nil })
}

func ExampleCluster() {
	test := func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := nodetest.StartCluster(t, registerMaximum, "n1", "n2", "n3")
			nodetest.Request[struct{}](c.Node("n1"), "write", value{7})
			synctest.Wait() // until everything that was sent has been handled
			fmt.Println(nodetest.Request[value](c.Node("n3"), "read", nil))
		})
	}
	_ = test
}

func TestCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := []string{"n1", "n2", "n3"}
		c := nodetest.StartCluster(t, registerMaximum, ids...)
		requireAll := func(want ...int) {
			t.Helper()
			synctest.Wait()
			for i, id := range ids {
				require.Equal(t, want[i], nodetest.Request[value](c.Node(id), "read", nil).Value, id)
			}
		}
		nodetest.Request[struct{}](c.Node("n1"), "write", value{7})
		requireAll(7, 7, 7)
		require.Empty(t, c.Node("n1").Sent(), "messages between nodes are not for clients")

		var sent atomic.Int64
		c.Filter(func(m node.Message) bool {
			sent.Add(1)
			return m.Dest != "n3"
		})
		nodetest.Request[struct{}](c.Node("n2"), "write", value{8})
		requireAll(8, 8, 7)
		require.EqualValues(t, 3, sent.Load())

		c.Filter(nil)
		nodetest.Request[struct{}](c.Node("n2"), "write", value{9})
		requireAll(9, 9, 9)

		c.Node("n1").Close()
		nodetest.Request[struct{}](c.Node("n2"), "write", value{10}) // its message to n1 is lost
		synctest.Wait()
		require.Equal(t, 10, nodetest.Request[value](c.Node("n3"), "read", nil).Value)
	})
}

// Nodes that have not been initialised refuse every request, whoever sends it. The test plays the nodes outside the cluster.
func TestClusterBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.NewCluster(t, registerMaximum, "n1", "n2")
		c.Node("n1").Send("n9", "news", value{3})
		c.Node("n1").ExpectError(node.TemporarilyUnavailable, "write", value{4})
		c.Node("n2").ExpectError(node.TemporarilyUnavailable, "read", nil)

		c.Init()
		nodetest.Request[struct{}](c.Node("n1"), "write", value{5})
		synctest.Wait()
		require.Equal(t, 5, nodetest.Request[value](c.Node("n2"), "read", nil).Value)
	})
}
