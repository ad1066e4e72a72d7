package sim

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"glomers/harness"
	"glomers/node"
)

type (
	valueBody struct {
		Message int `json:"message"`
	}
	valuesBody struct {
		Messages []int `json:"messages"`
	}
)

// A gossiper is a broadcast node without its way of spreading values.
type gossiper struct {
	*node.Node
	values []int
	has    map[int]bool
	learnt func(v int) // called with each value of a client
}

func newGossiper(n *node.Node) *gossiper {
	g := &gossiper{Node: n, values: []int{}, has: make(map[int]bool), learnt: func(int) {}}
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "read", func(context.Context, struct{}) (valuesBody, error) { return valuesBody{g.values}, nil })
	node.HandleRPC(n, "broadcast", func(_ context.Context, b valueBody) (struct{}, error) {
		g.add(b.Message)
		g.learnt(b.Message)
		return struct{}{}, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, b valuesBody) { g.add(b.Messages...) })
	return g
}

func (g *gossiper) add(values ...int) {
	for _, v := range values {
		if !g.has[v] {
			g.has[v] = true
			g.values = append(g.values, v)
		}
	}
}

// tell sends values to another node.
func (g *gossiper) tell(peer string, values ...int) {
	_ = node.Notify(g.Node, peer, "gossip", valuesBody{values}) // a node in memory has no broken output
}

func (g *gossiper) peers() []string { return others(g.Node) }

// others returns the ids of the other nodes.
func others(n *node.Node) []string {
	return slices.DeleteFunc(n.NodeIDs(), func(id string) bool { return id == n.ID() })
}

// withoutRetry sends each value to all nodes once.
func withoutRetry(n *node.Node) {
	g := newGossiper(n)
	g.learnt = func(v int) {
		for _, peer := range g.peers() {
			g.tell(peer, v)
		}
	}
}

// wellBehaved sends all values to a random node now and then.
func wellBehaved(n *node.Node) {
	g := newGossiper(n)
	n.Every(100*time.Millisecond, func(context.Context) {
		if peers := g.peers(); len(peers) > 0 {
			g.tell(peers[n.Rand().IntN(len(peers))], g.values...)
		}
	})
}

// mapOrder sends its values in the order of a map.
func mapOrder(n *node.Node) {
	g := newGossiper(n)
	n.Every(time.Second, func(context.Context) {
		var values []int
		for v := range g.has {
			values = append(values, v)
		}
		for _, peer := range g.peers() {
			g.tell(peer, values...)
		}
	})
}

// timerTie sets two timers of package time to the same instant.
func timerTie(n *node.Node) {
	g := newGossiper(n)
	g.learnt = func(v int) {
		for part := range 2 {
			time.AfterFunc(time.Second, func() {
				for _, peer := range g.peers() {
					g.tell(peer, 2*v+part)
				}
			})
		}
	}
}

// sharedRand uses the random numbers of the whole process.
func sharedRand(n *node.Node) {
	g := newGossiper(n)
	g.learnt = func(v int) {
		peers := g.peers()
		g.tell(peers[rand.IntN(len(peers))], v)
	}
}

// broadcast is a test of such a node: challenge 3c, but shorter.
func broadcast(register func(*node.Node), faults ...string) harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: harness.InProcess(register), NodeCount: 5, Rate: 10, TimeLimit: 10 * time.Second,
		Nemesis: faults, NemesisInterval: 2 * time.Second, Seed: 1,
	}
}

type echoBody struct {
	Echo json.RawMessage `json:"echo"`
}

// echo is a test of an echo node that calls a function before it answers.
func echo(first func(n *node.Node, text string)) harness.Test {
	register := func(n *node.Node) {
		node.HandleRPC(n, "echo", func(_ context.Context, b echoBody) (echoBody, error) {
			first(n, string(b.Echo))
			return b, nil
		})
	}
	return harness.Test{Workload: "echo", Program: harness.InProcess(register), NodeCount: 3, Rate: 10, TimeLimit: 10 * time.Second, Seed: 1}
}
