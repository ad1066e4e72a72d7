package graph

import "slices"

// A Cycle is the nodes of a simple cycle: there is an edge from each to the next, and from the last to the first.
type Cycle []int32

// maxTries is how many edges a search follows around, once it knows that each is on a cycle, to
// find a short one.
const maxTries = 32

// Through returns a short cycle of edges of the given kinds of which at least one has a kind in need.
// It is nil if there is none.
func (g *Graph) Through(need, kinds Kinds) Cycle {
	rank := g.ranks(kinds)
	s := newSearch(g)
	var best Cycle
	tries := 0
	g.each(need&kinds, func(a, b int32) bool {
		if rank[a] != rank[b] {
			return true
		}
		if c := s.path(b, a, kinds, g.Len()); best == nil || len(c) < len(best) {
			best = c
		}
		tries++
		return tries < maxTries && len(best) > 2
	})
	return best
}

// each calls f with the ends of every edge that has one of the kinds, until f returns false.
func (g *Graph) each(kinds Kinds, f func(a, b int32) bool) {
	for v := range int32(g.Len()) {
		to, has := g.Edges(int(v))
		for i, w := range to {
			if has[i]&kinds != 0 && !f(v, w) {
				return
			}
		}
	}
}

// A search looks for shortest paths in one graph, again and again.
type search struct {
	g      *Graph
	round  int32
	seen   []int32 // the last round that came to a node
	parent []int32
	queue  []int32
}

func newSearch(g *Graph) *search {
	return &search{g: g, seen: make([]int32, g.Len()), parent: make([]int32, g.Len())}
}

// path returns the nodes of a shortest path over edges of the kinds, both ends included. It
// gives up, and returns nil, when it has seen limit nodes.
func (s *search) path(from, to int32, kinds Kinds, limit int) []int32 {
	s.round++
	s.seen[from] = s.round
	s.queue = append(s.queue[:0], from)
	for i := 0; i < len(s.queue) && i < limit; i++ {
		v := s.queue[i]
		if v == to {
			return s.back(from, to)
		}
		next, has := s.g.Edges(int(v))
		for j, w := range next {
			if has[j]&kinds != 0 && s.seen[w] != s.round {
				s.seen[w], s.parent[w] = s.round, v
				s.queue = append(s.queue, w)
			}
		}
	}
	return nil
}

// back follows the parents from the end of a path to its beginning.
func (s *search) back(from, to int32) []int32 {
	path := []int32{to}
	for v := to; v != from; {
		v = s.parent[v]
		path = append(path, v)
	}
	slices.Reverse(path)
	return path
}
