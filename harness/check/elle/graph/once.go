package graph

import "slices"

const (
	// quickNodes is how many nodes a search around one edge visits before all edges are treated together. Most cycles in
	// histories are short.
	quickNodes = 64
	// maxWork is the total number of steps over edges that Once may take, about a second's work.
	maxWork = 1 << 30
)

// Once returns a short cycle in which exactly one edge is of a kind in step and the others are of the given kinds. It returns
// nil if there is no such cycle, or if the graph is so large that the search would take more than seconds.
func (g *Graph) Once(step, kinds Kinds) Cycle {
	if c := g.onceNear(step, kinds); c != nil {
		return c
	}
	a, b, ok := g.onceFar(step, kinds)
	if !ok {
		return nil
	}
	return newSearch(g).path(b, a, kinds, g.Len())
}

// onceNear looks for the rest of the cycle near each edge in turn.
func (g *Graph) onceNear(step, kinds Kinds) Cycle {
	s := newSearch(g)
	return g.shortest(step, func(a, b int32) (Cycle, bool) {
		c := s.path(b, a, kinds, quickNodes)
		return c, c != nil
	})
}

// onceFar finds an edge of a kind in step whose beginning can be reached from its end. It treats 64 ends at a time: each has
// one bit of a word, and edges pass these words on in topological order.
func (g *Graph) onceFar(step, kinds Kinds) (a, b int32, ok bool) {
	rank := g.ranks(kinds)
	order := make([]int32, g.Len()) // by descending rank, so that edges lead forward
	for v := range order {
		order[v] = int32(v)
	}
	slices.SortFunc(order, func(v, w int32) int { return int(rank[w] - rank[v]) })

	into := make(map[int32][]int32) // the beginnings of the edges, by their ends
	var ends []int32
	for a, b := range g.each(step) {
		if into[b] == nil {
			ends = append(ends, b)
		}
		into[b] = append(into[b], a)
	}
	reached := make([]uint64, g.Len()) // by rank
	work := 0
	for batch := range slices.Chunk(ends, 64) {
		if work += len(g.to); work > maxWork {
			return 0, 0, false
		}
		clear(reached)
		for i, b := range batch {
			reached[rank[b]] |= 1 << i
		}
		for _, v := range order {
			if reached[rank[v]] == 0 {
				continue
			}
			to, has := g.Edges(int(v))
			for i, w := range to {
				if has[i]&kinds != 0 {
					reached[rank[w]] |= reached[rank[v]]
				}
			}
		}
		for i, b := range batch {
			for _, a := range into[b] {
				if reached[rank[a]]&(1<<i) != 0 {
					return a, b, true
				}
			}
		}
	}
	return 0, 0, false
}
