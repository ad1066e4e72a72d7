package graph_test

import (
	"fmt"

	"glomers/harness/check/elle/graph"
)

// Transactions 0 and 1 depend on one another, 2 on both. Kinds are bits: here a write that was read, and a read that was overwritten.
func ExampleGraph() {
	const (
		wr graph.Kinds = 1 << iota
		rw
	)
	b := graph.NewBuilder(3)
	b.Link(0, 1, wr)
	b.Link(1, 0, rw)
	b.Link(1, 2, wr)
	g := b.Graph()
	fmt.Println("parts with cycles:", g.Components(wr|rw), "of writes alone:", g.Components(wr))
	fmt.Println("a cycle through an overwritten read:", g.Through(rw, wr|rw))
	// Output:
	// parts with cycles: [[0 1]] of writes alone: []
	// a cycle through an overwritten read: [0 1]
}
