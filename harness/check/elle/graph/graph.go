// Package graph holds directed graphs of transactions whose edges say why one transaction must come
// before another, and finds cycles in them. It knows nothing of what transactions do.
//
// # Concurrency
//
// A Graph never changes; any number of goroutines may use one.
package graph

import (
	"cmp"
	"slices"
	"strings"
)

// Kinds is a set of reasons why one transaction precedes another.
type Kinds uint8

// The reasons. An edge may have several; the first in this order names it, unless Named is told otherwise.
const (
	WR       Kinds = 1 << iota // the second read what the first wrote
	WW                         // the second overwrote what the first wrote
	RW                         // the second overwrote what the first read
	Process                    // one process did the first, then the second
	Realtime                   // the first was acknowledged before the second began

	// Via is no reason of its own. A node that is no transaction, but stands for many edges of kind RW,
	// is where they begin together; edges of kind Via lead on from there.
	Via

	numKinds = iota

	All = WR | WW | RW | Process | Realtime | Via
)

// Name returns the reason that names an edge with the reasons k.
func (k Kinds) Name() Kinds { return k & -k }

// String returns the reasons, such as "wr" or "ww+realtime".
func (k Kinds) String() string {
	var names []string
	for i, name := range [numKinds]string{"wr", "ww", "rw", "process", "realtime", "via"} {
		if k&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// A Graph has the nodes 0 to Len()-1 and at most one edge from one node to another, or to itself.
type Graph struct {
	first []int32 // the edges from v are first[v] to first[v+1]
	to    []int32 // ascending for each v
	kinds []Kinds
}

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.first) - 1 }

// Edges returns where the edges from v lead, in ascending order, and what kinds they have. The caller
// must not change them.
func (g *Graph) Edges(v int) (to []int32, kinds []Kinds) {
	from, end := g.first[v], g.first[v+1]
	return g.to[from:end], g.kinds[from:end]
}

// Kinds returns the kinds of the edge from a to b, 0 if there is none.
func (g *Graph) Kinds(a, b int) Kinds {
	to, kinds := g.Edges(a)
	if i, ok := slices.BinarySearch(to, int32(b)); ok {
		return kinds[i]
	}
	return 0
}

// Induced returns the graph of nodes alone and the edges between them. Its node i is nodes[i], which
// must ascend.
func (g *Graph) Induced(nodes []int32) *Graph {
	number := make(map[int32]int32, len(nodes))
	for i, v := range nodes {
		number[v] = int32(i)
	}
	sub := &Graph{first: make([]int32, 1, len(nodes)+1)}
	for _, v := range nodes {
		to, kinds := g.Edges(int(v))
		for i, w := range to {
			if n, ok := number[w]; ok {
				sub.to = append(sub.to, n)
				sub.kinds = append(sub.kinds, kinds[i])
			}
		}
		sub.first = append(sub.first, int32(len(sub.to)))
	}
	return sub
}

// Named returns the same graph with only the kind of each edge that names it, which is prefer if the
// edge has it.
func (g *Graph) Named(prefer Kinds) *Graph {
	named := &Graph{first: g.first, to: g.to, kinds: make([]Kinds, len(g.kinds))}
	for i, k := range g.kinds {
		if k&prefer != 0 {
			k = prefer
		}
		named.kinds[i] = k.Name()
	}
	return named
}

// A Builder collects the edges of a Graph.
type Builder struct {
	nodes int
	edges []edge
}

type edge struct {
	from, to int32
	kinds    Kinds
}

// NewBuilder returns a builder for a graph of n nodes.
func NewBuilder(n int) *Builder { return &Builder{nodes: n} }

// AddNode adds a node and returns its number.
func (b *Builder) AddNode() int {
	b.nodes++
	return b.nodes - 1
}

// Link adds kinds to the edge from one node to another.
func (b *Builder) Link(from, to int, kinds Kinds) {
	b.edges = append(b.edges, edge{int32(from), int32(to), kinds})
}

// Empty tells whether there are no edges yet.
func (b *Builder) Empty() bool { return len(b.edges) == 0 }

// Graph returns the graph. The builder must not be used any more.
func (b *Builder) Graph() *Graph {
	slices.SortFunc(b.edges, func(x, y edge) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	g := &Graph{first: make([]int32, b.nodes+1)}
	for i, e := range b.edges {
		if i > 0 && b.edges[i-1].from == e.from && b.edges[i-1].to == e.to {
			g.kinds[len(g.kinds)-1] |= e.kinds
			continue
		}
		g.to = append(g.to, e.to)
		g.kinds = append(g.kinds, e.kinds)
		g.first[e.from+1]++
	}
	for v := range b.nodes {
		g.first[v+1] += g.first[v]
	}
	return g
}
