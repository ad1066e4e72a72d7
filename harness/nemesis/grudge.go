package nemesis

import (
	"maps"
	"slices"

	"glomers/harness/network"
)

// A Grudge has, for every node, the other nodes from which it receives no messages. It need not be mutual.
type Grudge map[string][]string

// A kind is a way to cut a cluster. Its string is its name in the history.
type kind string

const (
	one            kind = "one"             // one node alone
	minorityThird  kind = "minority-third"  // the largest group of less than a third of the nodes, and the rest
	majority       kind = "majority"        // a minority and a majority
	majoritiesRing kind = "majorities-ring" // every node hears a majority, no two hear the same one
	oneWay         kind = "one-way"         // a minority does not hear the others, but they hear it
	singleLink     kind = "single-link"     // two nodes do not hear each other
)

// The kinds of the reference, and our additional kinds.
var (
	referenceKinds = []kind{one, minorityThird, majority, majoritiesRing}
	ownKinds       = []kind{oneWay, singleLink}
)

// grudge cuts a cluster. The order of the nodes determines the part of each node. It cuts nothing if the cluster is too small
// for the kind: minority-third, for example, needs at least four nodes.
func (k kind) grudge(nodes []string) Grudge {
	n := len(nodes)
	switch k {
	case one:
		return split(nodes, min(1, n))
	case minorityThird:
		return split(nodes, (n-1)/3)
	case majority:
		return split(nodes, n/2)
	case oneWay:
		g := split(nodes, n/2)
		for _, node := range nodes[n/2:] {
			g[node] = []string{}
		}
		return g
	case singleLink:
		return split(nodes[:min(2, n)], min(1, n))
	default:
		return ring(nodes)
	}
}

// split separates the first k nodes from the others, both ways.
func split(nodes []string, k int) Grudge {
	g := make(Grudge, len(nodes))
	for i, node := range nodes {
		if i < k {
			g[node] = sorted(nodes[k:])
		} else {
			g[node] = sorted(nodes[:k])
		}
	}
	return g
}

// ring puts the nodes in a circle. Each node hears a majority: the m consecutive nodes with itself in the middle. All these
// windows differ, since m is less than n from three nodes on. If m is even, there is no exact middle, and some links are cut
// in one direction only. The reference does the same for up to five nodes. For more nodes it links nodes at random, so it is
// likely, but not certain, that no two nodes hear the same majority.
func ring(nodes []string) Grudge {
	n := len(nodes)
	m := n/2 + 1
	circle := slices.Concat(nodes, nodes)
	g := make(Grudge, n)
	for first := range n {
		self := circle[first+m/2]
		g[self] = sorted(circle[first+m : first+n])
	}
	return g
}

// sorted returns a sorted copy. It is never nil, so that in JSON it is a list even if it is empty.
func sorted(nodes []string) []string {
	s := append([]string{}, nodes...)
	slices.Sort(s)
	return s
}

// links returns the links that the grudge cuts, in a deterministic order.
func (g Grudge) links() []network.Link {
	var links []network.Link
	for _, dest := range slices.Sorted(maps.Keys(g)) {
		for _, src := range g[dest] {
			links = append(links, network.Link{Dest: dest, Src: src})
		}
	}
	return links
}

// cuts returns the grudge without the nodes that hear all others.
func (g Grudge) cuts() map[string][]string {
	cuts := maps.Clone(g)
	maps.DeleteFunc(cuts, func(_ string, others []string) bool { return len(others) == 0 })
	return cuts
}
