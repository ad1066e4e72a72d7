package nodetest

import (
	"sync"
	"testing"

	"glomers/node"
)

// A Cluster is some nodes, each with its own Client, joined by a network without latency or loss: what one sends to another
// arrives there, and its Client does not see it. Messages of one node to another arrive in their order. Its methods may be called
// concurrently; Node and Init may fail the test only where testing.TB.FailNow may be called.
type Cluster struct {
	tb      testing.TB
	ids     []string
	clients map[string]*Client

	mu      sync.Mutex
	arrives func(m node.Message) bool
}

// StartCluster runs a node for each of the ids, whose handlers setup registers, and initialises them all. They are closed at the
// end of the test.
func StartCluster(tb testing.TB, setup func(n *node.Node), ids ...string) *Cluster {
	tb.Helper()
	c := NewCluster(tb, setup, ids...)
	c.Init()
	return c
}

// NewCluster is StartCluster without the initialisation, which is for Init to do.
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

// Filter lets only those messages between nodes arrive that arrives returns true for, from now on; nil means all of them. It
// sees each of them once, when it is sent, and must not wait. Calls for messages of different nodes may be concurrent.
func (c *Cluster) Filter(arrives func(m node.Message) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arrives = arrives
}

// carry takes a line that a node has written, the message m, to another node, and tells whether it is for one.
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
