// Package graph has directed graphs of transactions, and finds cycles in them. An edge says why one transaction must come
// before another. The package knows nothing about the contents of transactions.
//
// # Concurrency
//
// A Graph never changes, so any number of goroutines may use it.
package graph

import (
	"cmp"
	"slices"
	"strings"
)

// Kinds is a set of reasons why one transaction precedes another.
type Kinds uint8

// The reasons. An edge may have several; the first in this order names it, unless Named is told to prefer another.
const (
	WR       Kinds = 1 << iota // the second read what the first wrote
	WW                         // the second overwrote what the first wrote
	RW                         // the second overwrote what the first read
	Process                    // one process did the first, then the second
	Realtime                   // the first was acknowledged before the second began

	// Via continues an edge of kind RW or Realtime. Many such edges may lead through a shared node that is not a transaction:
	// the edge of kind RW or Realtime leads to that node, and edges of kind Via lead on from there.
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

// A Graph has the nodes 0 to Len()-1. There is at most one edge from a node to another node or to itself.
type Graph struct {
	first []int32 // the edges from v are first[v] to first[v+1]
	to    []int32 // ascending for each v
	kinds []Kinds
}

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.first) - 1 }

// Edges returns the nodes to which the edges from v lead, in ascending order, and the kinds of these edges. The caller must
// not change the slices.
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

// Induced returns the subgraph of the given nodes and the edges between them. Its node i is nodes[i]; nodes must ascend.
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

// Named returns the same graph with only one kind for each edge, the one that names the edge: prefer if the edge has it,
// otherwise the first of its kinds.
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
	nodes    int
	edges    []edge
	realtime *realtime // nil if there are no edges of real time
	limit    int       // the maximum number of edges; 0 if there is no limit
	overflow bool
}

type edge struct {
	from, to int32
	kinds    Kinds
}

// NewBuilder returns a builder for a graph of n nodes.
func NewBuilder(n int) *Builder { return &Builder{nodes: n} }

// Limit sets the maximum number of edges and returns the builder. The builder leaves out all further edges.
func (b *Builder) Limit(edges int) *Builder {
	b.limit = edges
	return b
}

// Overflowed reports whether edges were left out.
func (b *Builder) Overflowed() bool { return b.overflow }

// AddNode adds a node and returns its number.
func (b *Builder) AddNode() int {
	b.nodes++
	return b.nodes - 1
}

// Link adds kinds to the edge from one node to another.
func (b *Builder) Link(from, to int, kinds Kinds) {
	if b.limit > 0 && len(b.edges) >= b.limit {
		b.overflow = true
		return
	}
	b.edges = append(b.edges, edge{int32(from), int32(to), kinds})
}

// Empty reports whether there are no edges yet.
func (b *Builder) Empty() bool {
	return len(b.edges) == 0 && (b.realtime == nil || b.realtime.empty())
}

// Graph returns the graph. The builder must not be used any more.
func (b *Builder) Graph() *Graph {
	b.merge()
	if b.realtime != nil {
		b.linkRealtime()
		b.merge()
	}
	g := &Graph{first: make([]int32, b.nodes+1), to: make([]int32, len(b.edges)), kinds: make([]Kinds, len(b.edges))}
	for i, e := range b.edges {
		g.to[i], g.kinds[i] = e.to, e.kinds
		g.first[e.from+1]++
	}
	for v := range b.nodes {
		g.first[v+1] += g.first[v]
	}
	return g
}

// merge sorts the edges, and merges several edges from one node to another into one.
func (b *Builder) merge() {
	slices.SortFunc(b.edges, func(x, y edge) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	merged := b.edges[:0]
	for _, e := range b.edges {
		if n := len(merged); n > 0 && merged[n-1].from == e.from && merged[n-1].to == e.to {
			merged[n-1].kinds |= e.kinds
			continue
		}
		merged = append(merged, e)
	}
	b.edges = merged
}
