package nodetest

import (
	"sync"
	"testing"

	"glomers/node"
)

// A Cluster is several nodes, each with its own Client, joined by a network without latency or loss. A message from one node
// to another goes straight to its destination, and the sender's Client does not see it. Messages from one node to another
// arrive in the order in which they were sent. The methods may be called concurrently; Node and Init may fail the test, so
// call them only where testing.TB.FailNow may be called.
type Cluster struct {
	tb      testing.TB
	ids     []string
	clients map[string]*Client

	mu      sync.Mutex
	arrives func(m node.Message) bool
}

// StartCluster runs and initialises one node for each of the ids; setup registers the handlers of each node. The nodes are
// closed at the end of the test.
func StartCluster(tb testing.TB, setup func(n *node.Node), ids ...string) *Cluster {
	tb.Helper()
	c := NewCluster(tb, setup, ids...)
	c.Init()
	return c
}

// NewCluster is StartCluster without the initialisation, which is left to Init.
func NewCluster(tb testing.TB, setup func(n *node.Node), ids ...string) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb, ids: ids, clients: make(map[string]*Client)}
	for _, id := range ids {
		client := newClient(tb)
		client.id, client.carry = id, c.carry
		c.clients[id] = client
	}
	for _, id := range ids {
		c.clients[id].run(setup)
	}
	return c
}

// Init initialises the nodes one after the other.
func (c *Cluster) Init() {
	c.tb.Helper()
	for _, id := range c.ids {
		Request[struct{}](c.Node(id), "init", map[string]any{"node_id": id, "node_ids": c.ids})
	}
}

// Node returns the client of a node.
func (c *Cluster) Node(id string) *Client {
	c.tb.Helper()
	client := c.clients[id]
	if client == nil {
		c.tb.Fatalf("nodetest: the cluster has no node %s", id)
	}
	return client
}

// Filter sets a function that decides which messages between nodes arrive from now on; nil lets all of them arrive. The
// function sees each message once, when it is sent, and must not wait. It may be called concurrently for messages of
// different nodes.
func (c *Cluster) Filter(arrives func(m node.Message) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arrives = arrives
}

// carry delivers line, which is the message m as a node has written it, to another node. It reports whether the destination
// is a node of the cluster.
func (c *Cluster) carry(m node.Message, line []byte) bool {
	to := c.clients[m.Dest]
	if to == nil {
		return false
	}
	c.mu.Lock()
	arrives := c.arrives
	c.mu.Unlock()
	if arrives == nil || arrives(m) {
		to.mem.Deliver(line)
	}
	return true
}
