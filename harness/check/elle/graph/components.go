package graph

import "slices"

// Components returns the strongly connected components that have more than one node. It follows only edges that have one of
// the kinds. In a component, every node can be reached from every other node. The nodes of a component ascend; components
// come in reverse topological order. Components takes linear time (Tarjan 1972).
func (g *Graph) Components(kinds Kinds) [][]int32 {
	return runTarjan(g, kinds).components
}

// ranks returns a number for each node. An edge never leads to a node of a greater number, and two nodes have the same number
// exactly if they are in one component.
func (g *Graph) ranks(kinds Kinds) []int32 {
	return runTarjan(g, kinds).rank
}

// tarjan is the state of Tarjan's algorithm. It has an explicit stack instead of recursion, since a component may be as large
// as the history.
type tarjan struct {
	g     *Graph
	kinds Kinds

	next  int32
	index []int32 // the order in which nodes were first seen, from 1; 0 if a node has not been seen
	low   []int32 // the lowest index of the nodes on the stack that are known to be reachable
	edge  []int32 // the next edge of a node to follow

	path  []int32 // from the root of the search to the current node
	stack []int32 // the nodes seen that have no component yet
	rank  []int32 // the rank of a node's component, -1 while it has none

	ranks      int32
	components [][]int32
}

func runTarjan(g *Graph, kinds Kinds) *tarjan {
	n := g.Len()
	t := &tarjan{
		g: g, kinds: kinds,
		index: make([]int32, n), low: make([]int32, n), edge: slices.Clone(g.first), rank: slices.Repeat([]int32{-1}, n),
	}
	for root := range t.index {
		if t.index[root] != 0 {
			continue
		}
		t.enter(int32(root))
		for len(t.path) > 0 {
			if w, ok := t.step(t.path[len(t.path)-1]); ok {
				t.enter(w)
			} else {
				t.leave()
			}
		}
	}
	return t
}

func (t *tarjan) enter(v int32) {
	t.next++
	t.index[v], t.low[v] = t.next, t.next
	t.path = append(t.path, v)
	t.stack = append(t.stack, v)
}

// step follows edges from v until an edge leads to a node that has not been seen.
func (t *tarjan) step(v int32) (w int32, ok bool) {
	for t.edge[v] < t.g.first[v+1] {
		e := t.edge[v]
		t.edge[v]++
		if t.g.kinds[e]&t.kinds == 0 {
			continue
		}
		w := t.g.to[e]
		if t.index[w] == 0 {
			return w, true
		}
		if t.rank[w] < 0 {
			t.low[v] = min(t.low[v], t.index[w])
		}
	}
	return 0, false
}

// leave ends the visit of the current node.
func (t *tarjan) leave() {
	v := t.path[len(t.path)-1]
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		up := t.path[len(t.path)-1]
		t.low[up] = min(t.low[up], t.low[v])
	}
	if t.low[v] < t.index[v] {
		return
	}
	i := len(t.stack) - 1
	for t.stack[i] != v {
		i--
	}
	for _, w := range t.stack[i:] {
		t.rank[w] = t.ranks
	}
	t.ranks++
	if len(t.stack)-i > 1 {
		c := slices.Clone(t.stack[i:])
		slices.Sort(c)
		t.components = append(t.components, c)
	}
	t.stack = t.stack[:i]
}
