package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// initBody initialises a node of a cluster that has these nodes.
func initBody(id string, nodes ...string) map[string]any {
	return map[string]any{"node_id": id, "node_ids": nodes}
}

// start starts a process of the node id.
func start(t *testing.T, id string, nodes ...string) *nodetest.Client {
	c := nodetest.New(t, inMemory)
	nodetest.Request[struct{}](c, "init", initBody(id, nodes...))
	return c
}

func generate(c *nodetest.Client) int64 {
	return nodetest.Request[struct{ ID int64 }](c, "generate", nil).ID
}

func TestRestartWithinTheSameMillisecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := generate(start(t, "n2", "n1", "n2"))
		second := generate(start(t, "n2", "n1", "n2"))
		require.Greater(t, second, first)
		require.Equal(t, int64(1), first%maxNodes, "the index of n2")
	})
}

func TestInitWaitsUntilTheMillisecondHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(300 * time.Microsecond)
		began := time.Now()
		start(t, "n1", "n1")
		require.Equal(t, 700*time.Microsecond, time.Since(began))
	})
}

func TestTooManyNodes(t *testing.T) {
	var nodes []string
	for i := range maxNodes + 1 {
		nodes = append(nodes, fmt.Sprintf("n%d", i))
	}
	synctest.Test(t, func(t *testing.T) {
		start(t, "n1023", nodes...)
		c := nodetest.New(t, inMemory)
		require.Contains(t, c.ExpectError(node.Crash, "init", initBody("n1024", nodes...)).Text, "node index 1024")
	})
}

func TestGenerateBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodetest.New(t, inMemory).ExpectError(node.TemporarilyUnavailable, "generate", nil)
	})
}

// inMemory is a node without a disk.
func inMemory(n *node.Node) { serve(n, nil) }

// onDisk is a node with a disk.
func onDisk(n *node.Node) { serve(n, node.OpenStore(n, "")) }
