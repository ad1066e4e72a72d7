package weak

import (
	"slices"

	"glomers/harness/check/elle/graph"
)

// edges are the edges of a graph of n transactions, in no particular order.
type edges struct {
	n        int
	from, to []int32
}

func (e *edges) add(from, to int32) {
	e.from, e.to = append(e.from, from), append(e.to, to)
}

// base returns the edges of so ∪ wr, which every commit order extends: from each transaction of a session to the next, and
// from writers to readers.
func (x *index) base() *edges {
	e := &edges{n: len(x.h.Txns)}
	for _, s := range x.sessions {
		for i := range len(s) - 1 {
			e.add(s[i], s[i+1])
		}
	}
	for t := range int32(e.n) {
		last := int32(Initial)
		for _, r := range x.reads.of(t) {
			if r.from != Initial && r.from != last {
				e.add(r.from, t)
				last = r.from
			}
		}
	}
	return e
}

// sort returns the nodes in an order in which all edges lead forwards (Kahn 1962). If there is no such order, cyclic has the
// nodes that are on cycles or reachable from a cycle, in ascending order.
func (e *edges) sort() (order, cyclic []int32) {
	first, in := make([]int32, e.n+1), make([]int32, e.n)
	for i, v := range e.from {
		first[v+1]++
		in[e.to[i]]++
	}
	for v := range e.n {
		first[v+1] += first[v]
	}
	next, free := make([]int32, len(e.to)), slices.Clone(first)
	for i, v := range e.from {
		next[free[v]] = e.to[i]
		free[v]++
	}
	order = make([]int32, 0, e.n)
	for v := range int32(e.n) {
		if in[v] == 0 {
			order = append(order, v)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, w := range next[first[order[i]]:first[order[i]+1]] {
			if in[w]--; in[w] == 0 {
				order = append(order, w)
			}
		}
	}
	if len(order) == e.n {
		return order, nil
	}
	for v := range int32(e.n) {
		if in[v] > 0 {
			cyclic = append(cyclic, v)
		}
	}
	return nil, cyclic
}

// explain returns a short cycle of e as a violation. All cycles of e are among the nodes of cyclic. The edges of e are those
// of base and those that infer yields.
func (x *index) explain(l Level, e *edges, cyclic []int32, infer func(yield func(implied))) *Violation {
	number := make(map[int32]int, len(cyclic))
	for i, t := range cyclic {
		number[t] = i
	}
	b := graph.NewBuilder(len(cyclic))
	for i, from := range e.from {
		a, okA := number[from]
		c, okC := number[e.to[i]]
		if okA && okC {
			b.Link(a, c, graph.WW)
		}
	}
	v := &Violation{Level: l, Kind: Cycle}
	places := make(map[[2]int32]int) // in v.Edges
	nodes := b.Graph().Through(graph.WW, graph.WW)
	for i, n := range nodes {
		nodes[i] = cyclic[n]
	}
	nodes = x.shorten(nodes)
	start := slices.Index(nodes, slices.Min(nodes)) // the earliest transaction in the history
	for i := range nodes {
		from, to := nodes[(start+i)%len(nodes)], nodes[(start+i+1)%len(nodes)]
		edge, ok := x.baseEdge(from, to)
		if !ok {
			places[[2]int32{from, to}] = len(v.Edges)
		}
		v.Edges = append(v.Edges, edge)
	}
	infer(func(e implied) {
		if i, ok := places[[2]int32{e.from, e.to}]; ok {
			delete(places, [2]int32{e.from, e.to})
			v.Edges[i] = x.commitEdge(l, e)
		}
	})
	return v
}

// shorten leaves out nodes of a cycle if another edge leads past them. In a session, an edge leads from any transaction to
// any later one.
func (x *index) shorten(cycle []int32) []int32 {
	for i := 0; i < len(cycle); i++ {
		for ahead := len(cycle) - 1; ahead > 1; ahead-- { // the farthest first
			if _, ok := x.baseEdge(cycle[i], cycle[(i+ahead)%len(cycle)]); ok {
				kept := make([]int32, 0, len(cycle))
				for j := ahead; j <= len(cycle); j++ { // from there around the cycle to i
					kept = append(kept, cycle[(i+j)%len(cycle)])
				}
				cycle, i = kept, -1
				break
			}
		}
	}
	return cycle
}

// baseEdge returns the edge from one transaction to another, if the second read from the first or follows it in its session.
func (x *index) baseEdge(from, to int32) (Edge, bool) {
	for _, r := range x.reads.of(to) {
		if r.from == from {
			return Edge{Kind: WriteRead, From: int(from), To: int(to), Key: r.key, Version: r.version}, true
		}
	}
	if x.session[from] == x.session[to] && x.place[from] < x.place[to] {
		return Edge{Kind: Session, From: int(from), To: int(to)}, true
	}
	return Edge{}, false
}

// commitEdge says why an edge was inferred.
func (x *index) commitEdge(l Level, e implied) Edge {
	r := x.reads.items[e.read]
	return Edge{
		Kind: Commit, From: int(e.from), To: int(e.to), Key: r.key, Version: r.version, Reader: int(e.reader),
		Path: x.path(l, e.from, e.reader),
	}
}

// path returns a shortest path from one transaction to another that knows of it.
func (x *index) path(l Level, from, to int32) []Edge {
	if direct, ok := x.baseEdge(from, to); ok || l < Causal {
		return []Edge{direct}
	}
	// A breadth-first search, backwards. In a session, one step leads to any earlier transaction. So once a place of a
	// session has been visited, all earlier places have been reached: next has, for each session, the latest visited place.
	next := make(map[int32]int32)
	after := map[int32]int32{to: to} // the transaction that follows on the path
	queue := []int32{to}
	for i := 0; i < len(queue); i++ {
		t := queue[i]
		if t == from {
			break
		}
		reach := func(p int32) {
			if _, seen := after[p]; !seen {
				after[p] = t
				queue = append(queue, p)
			}
		}
		for _, r := range x.reads.of(t) {
			if r.from != Initial {
				reach(r.from)
			}
		}
		s := x.session[t]
		low, ok := next[s]
		for p := x.place[t] - 1; p >= 0 && (!ok || p >= low); p-- {
			reach(x.sessions[s][p])
		}
		if !ok || x.place[t] > low {
			next[s] = x.place[t]
		}
	}
	var path []Edge
	for t := from; t != to; t = after[t] {
		e, _ := x.baseEdge(t, after[t])
		path = append(path, e)
	}
	return path
}
