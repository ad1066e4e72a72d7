package graph

// Apart returns a short cycle that has at least one edge of a kind in step, no two of them adjacent, and otherwise edges of
// the given kinds. Every edge of the graph must have only one kind.
//
// Apart takes linear time, at a price: it looks for closed walks, which may visit a node twice, and then for a cycle within
// the walk. In rare cases it finds no cycle although there is one.
func (g *Graph) Apart(step, kinds Kinds) Cycle {
	p := g.product(step, kinds)
	rank := p.ranks(step | kinds)
	s := newSearch(p)
	return p.shortest(step, func(a, b int32) (Cycle, bool) {
		if rank[a] != rank[b] {
			return nil, false
		}
		walk := s.path(b, a, step|kinds, p.Len())
		for i := range walk {
			walk[i] /= 2
		}
		return g.cycleIn(walk, step), true
	})
}

// HasApart reports whether there is a closed walk of the kind that Apart looks for.
func (g *Graph) HasApart(step, kinds Kinds) bool {
	p := g.product(step, kinds)
	rank := p.ranks(step | kinds)
	for a, b := range p.each(step) {
		if rank[a] == rank[b] {
			return true
		}
	}
	return false
}

// product returns a graph with two nodes for each node v: a walk reaches 2v+1 if its last edge was of a kind in step, and 2v
// otherwise. Edges of kind Via do not count as the last edge.
func (g *Graph) product(step, kinds Kinds) *Graph {
	b := NewBuilder(2 * g.Len())
	for v := range g.Len() {
		to, has := g.Edges(v)
		for i, w := range to {
			if int(w) == v {
				continue // an edge from a node to itself would separate two edges that are really adjacent
			}
			if has[i]&Via != 0 {
				b.Link(2*v, 2*int(w), Via)
				b.Link(2*v+1, 2*int(w)+1, Via)
			}
			if k := has[i] & kinds &^ Via; k != 0 {
				b.Link(2*v, 2*int(w), k)
				b.Link(2*v+1, 2*int(w), k)
			}
			if k := has[i] & step; k != 0 {
				b.Link(2*v, 2*int(w)+1, k)
			}
		}
	}
	return b.Graph()
}

// cycleIn cuts a closed walk at the nodes that it visits twice. Of the resulting cycles, it returns the shortest that has an
// edge of a kind in step and no two adjacent such edges.
func (g *Graph) cycleIn(walk []int32, step Kinds) Cycle {
	var best Cycle
	at := make(map[int32]int) // the position of a node on the path
	var path []int32
	for _, v := range append(walk, walk[0]) {
		i, again := at[v]
		if !again {
			at[v] = len(path)
			path = append(path, v)
			continue
		}
		if c := path[i:]; g.apart(c, step) && (best == nil || len(c) < len(best)) {
			best = append(Cycle(nil), c...)
		}
		for _, w := range path[i+1:] {
			delete(at, w)
		}
		path = path[:i+1]
	}
	return best
}

// apart reports whether a cycle has an edge of a kind in step, and no two adjacent such edges.
func (g *Graph) apart(c []int32, step Kinds) bool {
	if len(c) < 2 {
		return false
	}
	steps, wasStep := 0, false
	for i := range 2 * len(c) { // twice around, to compare the last edge with the first
		k := g.Kinds(int(c[i%len(c)]), int(c[(i+1)%len(c)]))
		if k == Via {
			continue
		}
		isStep := k&step != 0
		if isStep && wasStep {
			return false
		}
		if isStep {
			steps++
		}
		wasStep = isStep
	}
	return steps > 0
}
