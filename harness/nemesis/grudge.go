package nemesis

import (
	"maps"
	"slices"

	"glomers/harness/network"
)

// A Grudge tells, for every node, from which others it hears nothing. It need not
// be mutual.
type Grudge map[string][]string

// A kind is a way to cut a cluster. Its string is its name in the history.
type kind string

const (
	one            kind = "one"             // one node alone
	minorityThird  kind = "minority-third"  // the most nodes that are less than a third, and the rest
	majority       kind = "majority"        // a minority and a majority
	majoritiesRing kind = "majorities-ring" // every node hears a majority, no two hear the same one
	oneWay         kind = "one-way"         // a minority hears nothing of the others, who hear it
	singleLink     kind = "single-link"     // two nodes do not hear each other
)

// The reference draws from its kinds; ours come in addition.
var (
	referenceKinds = []kind{one, minorityThird, majority, majoritiesRing}
	ownKinds       = []kind{oneWay, singleLink}
)

// grudge cuts a cluster; who gets which part follows from the order of the nodes. It
// cuts nothing where the cluster is too small for the kind: up to three nodes
// have no third that is not empty.
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

// ring puts the nodes in a circle and lets each hear a majority, the m consecutive nodes
// with itself in the middle. All these windows differ, since from three nodes on m is
// less than n. Where m is even there is no middle, and some links are cut one way
// only. The reference does the same with up to five nodes; with more it links nodes at
// random, which makes it likely, not certain, that no two hear the same majority.
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

// sorted returns a sorted copy, never nil: in JSON it is a list even when empty.
func sorted(nodes []string) []string {
	s := append([]string{}, nodes...)
	slices.Sort(s)
	return s
}

// links returns what the grudge cuts, in an order that depends on nothing else.
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
