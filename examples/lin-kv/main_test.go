package main

import (
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/internal/control"
	"glomers/node"
	"glomers/node/nodetest"
)

// startCluster starts three nodes, and returns the ids of the leader and of another node.
func startCluster(t *testing.T) (c *nodetest.Cluster, leader, other string) {
	ids := []string{"n0", "n1", "n2"}
	var nodes []*node.Node
	c = nodetest.StartCluster(t, func(n *node.Node) {
		nodes = append(nodes, n)
		registers.Serve(n, rsm.Settings{}, rsm.Raft(rsm.Settings{}))
	}, ids...)
	nodetest.Request[struct{}](c.Node("n0"), "write", map[string]any{"key": 1, "value": 1})
	leader = control.Shown(nodes[0]).(rsm.Status).Leader
	for _, id := range ids {
		if id != leader {
			other = id
		}
	}
	return c, leader, other
}

type valueReply struct {
	Value int `json:"value"`
}

func TestOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, leader, other := startCluster(t)
		for i, id := range []string{leader, other} {
			n := c.Node(id)
			require.Equal(t, i+1, nodetest.Request[valueReply](n, "read", map[string]any{"key": 1}).Value)
			n.ExpectError(node.PreconditionFailed, "cas", map[string]any{"key": 1, "from": 7, "to": 8})
			n.ExpectError(node.KeyDoesNotExist, "cas", map[string]any{"key": 2, "from": 7, "to": 8})
			n.ExpectError(node.KeyDoesNotExist, "read", map[string]any{"key": "1"})
			nodetest.Request[struct{}](n, "cas", map[string]any{"key": 1, "from": i + 1, "to": i + 2})
		}
	})
}

// A client whose node is cut off is told what is certain: a command that the leader has put into its log may still be applied, a read never
// does harm, and without a leader nothing leaves the node.
func TestCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, leader, other := startCluster(t)
		c.Filter(func(m node.Message) bool { return m.Src != leader && m.Dest != leader })
		began := time.Now()
		c.Node(leader).ExpectError(node.Timeout, "write", map[string]any{"key": 1, "value": 2})
		require.Equal(t, registers.Patience, time.Since(began))
		c.Node(leader).ExpectError(node.TemporarilyUnavailable, "read", map[string]any{"key": 1})
		c.Node(leader).ExpectError(node.TemporarilyUnavailable, "write", map[string]any{"key": 1, "value": 3})

		nodetest.Request[struct{}](c.Node(other), "write", map[string]any{"key": 1, "value": 4})
		c.Filter(nil)
		time.Sleep(time.Second)
		for _, id := range []string{leader, other} {
			require.Equal(t, 4, nodetest.Request[valueReply](c.Node(id), "read", map[string]any{"key": 1}).Value)
		}
	})
}

func TestFlags(t *testing.T) {
	for line, says := range map[string]string{
		"":                     "",
		"-engine=raft":         "",
		"-engine=paxos":        "-engine=paxos: want raft",
		"-window=-1s":          "-window=-1s: want 0 or more",
		"-election-timeout=0s": "-election-timeout=0s: want more than 0",
	} {
		f := flag.NewFlagSet("lin-kv", flag.ContinueOnError)
		s := rsm.Flags(f, "raft")
		var args []string
		if line != "" {
			args = append(args, line)
		}
		require.NoError(t, f.Parse(args))
		if err := s.Check("raft"); says != "" {
			require.EqualError(t, err, says)
		} else {
			require.NoError(t, err)
		}
	}
}
