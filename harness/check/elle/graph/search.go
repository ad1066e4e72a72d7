package graph

import (
	"iter"
	"slices"
)

// A Cycle lists the nodes of a simple cycle: there is an edge from each node to the next, and from the last to the first.
type Cycle []int32

// maxTries limits the number of cycles from which a search picks the shortest.
const maxTries = 32

// Through returns a short cycle of edges of the given kinds, of which at least one edge has a kind in need. It returns nil if
// there is no such cycle.
func (g *Graph) Through(need, kinds Kinds) Cycle {
	rank := g.ranks(kinds)
	s := newSearch(g)
	return g.shortest(need&kinds, func(a, b int32) (Cycle, bool) {
		if rank[a] != rank[b] {
			return nil, false
		}
		return s.path(b, a, kinds, g.Len()), true
	})
}

// shortest calls find for the edges that have one of the kinds, and returns the shortest of the cycles found. It ends early after
// maxTries tries, which find counts, or with a cycle of two nodes.
func (g *Graph) shortest(kinds Kinds, find func(a, b int32) (c Cycle, tried bool)) Cycle {
	var best Cycle
	tries := 0
	for a, b := range g.each(kinds) {
		c, tried := find(a, b)
		if c != nil && (best == nil || len(c) < len(best)) {
			best = c
		}
		if tried {
			tries++
		}
		if tries == maxTries || best != nil && len(best) <= 2 {
			break
		}
	}
	return best
}

// each yields the ends of every edge that has one of the kinds.
func (g *Graph) each(kinds Kinds) iter.Seq2[int32, int32] {
	return func(yield func(a, b int32) bool) {
		for v := range int32(g.Len()) {
			to, has := g.Edges(int(v))
			for i, w := range to {
				if has[i]&kinds != 0 && !yield(v, w) {
					return
				}
			}
		}
	}
}

// A search finds shortest paths in one graph. It can be used repeatedly.
type search struct {
	g      *Graph
	round  int32
	seen   []int32 // the last round that reached a node
	parent []int32
	near   []int32 // the nodes at the current distance
	far    []int32 // the nodes at the next distance
}

func newSearch(g *Graph) *search {
	return &search{g: g, seen: make([]int32, g.Len()), parent: make([]int32, g.Len())}
}

// path returns the nodes of a short path over edges of the given kinds, including both ends. Edges of kind Via have length 0.
// It gives up and returns nil once it has seen limit nodes.
func (s *search) path(from, to int32, kinds Kinds, limit int) []int32 {
	s.round++
	s.seen[from] = s.round
	s.near, s.far = append(s.near[:0], from), s.far[:0]
	for visited := 0; len(s.near) > 0 && visited < limit; s.near, s.far = s.far, s.near[:0] {
		for i := 0; i < len(s.near) && visited < limit; i++ {
			v := s.near[i]
			if v == to {
				return s.back(from, to)
			}
			visited += s.expand(v, kinds)
		}
	}
	return nil
}

// expand follows the edges from v, and returns the number of new nodes that they lead to.
func (s *search) expand(v int32, kinds Kinds) int {
	found := 0
	next, has := s.g.Edges(int(v))
	for i, w := range next {
		if has[i]&kinds == 0 || s.seen[w] == s.round {
			continue
		}
		s.seen[w], s.parent[w] = s.round, v
		found++
		if has[i] == Via {
			s.near = append(s.near, w)
		} else {
			s.far = append(s.far, w)
		}
	}
	return found
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
