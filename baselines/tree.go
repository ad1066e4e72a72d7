package baselines

import (
	"context"

	"glomers/baselines/internal/relay"
	"glomers/node"
)

// Star joins every node to the first one, which passes on what it gets: a value is two hops from
// everybody and costs no message too many. The hub does all the work, and while it is cut off nobody
// else gets anything new.
func Star(n *node.Node) { tree(n, func(nodes int) int { return nodes }) }

// treeDegree is how many children a node of Tree has. 25 nodes are at most five hops apart.
const treeDegree = 4

// Tree joins every node to a parent and to some children. It costs what Star does, the work is
// shared, and values take more hops. Each cut link divides the nodes in two.
func Tree(n *node.Node) { tree(n, func(int) int { return treeDegree }) }

// tree floods a tree of all nodes, in which each has as many children as degree says, given
// their number.
func tree(n *node.Node, degree func(nodes int) int) {
	r := relay.New(n)
	relay.IgnoreTopology(n)
	n.OnInit(func(context.Context) error {
		ids := n.NodeIDs()
		r.Neighbours = treeNeighbours(ids, n.Index(), degree(len(ids)))
		return nil
	})
}

// treeNeighbours returns the parent and the children of node i. The nodes are numbered from the root, level by
// level, as in a binary heap.
func treeNeighbours(ids []string, i, degree int) []string {
	var neighbours []string
	if i > 0 {
		neighbours = append(neighbours, ids[(i-1)/degree])
	}
	first := min(i*degree+1, len(ids))
	last := min(first+degree, len(ids))
	return append(neighbours, ids[first:last]...)
}
