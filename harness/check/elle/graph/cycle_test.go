package graph_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/elle/graph"
)

// drawGraph returns a graph whose edges have one kind each.
func drawGraph(t *rapid.T) *graph.Graph {
	n := rapid.IntRange(2, 8).Draw(t, "nodes")
	b := graph.NewBuilder(n)
	kinds := []graph.Kinds{0, 0, 0, 0, graph.WR, graph.WW, graph.RW, graph.RW, graph.Realtime}
	for v := range n {
		for w := range n {
			if k := rapid.SampledFrom(kinds).Draw(t, "edge"); k != 0 && v != w {
				b.Link(v, w, k)
			}
		}
	}
	return b.Graph()
}

// allCycles calls f with every simple cycle of g.
func allCycles(g *graph.Graph, f func(graph.Cycle)) {
	var path []int32
	var extend func()
	extend = func() {
		to, _ := g.Edges(int(path[len(path)-1]))
		for _, w := range to {
			if w == path[0] {
				f(slices.Clone(path))
			}
			if w > path[0] && !slices.Contains(path, w) {
				path = append(path, w)
				extend()
				path = path[:len(path)-1]
			}
		}
	}
	for v := range int32(g.Len()) {
		path = []int32{v}
		extend()
	}
}

func kindsOf(g *graph.Graph, c graph.Cycle) []graph.Kinds {
	var ks []graph.Kinds
	for i, v := range c {
		ks = append(ks, g.Kinds(int(v), int(c[(i+1)%len(c)])))
	}
	return ks
}

func count(ks []graph.Kinds, in graph.Kinds) int {
	n := 0
	for _, k := range ks {
		if k&in != 0 {
			n++
		}
	}
	return n
}

func isApart(ks []graph.Kinds) bool {
	for i, k := range ks {
		if k&ks[(i+1)%len(ks)]&graph.RW != 0 {
			return false
		}
	}
	return count(ks, graph.RW) > 0
}

// Each search finds a cycle if and only if there is one. The exception is Apart, which rarely misses a cycle (about one in
// 20,000 here).
func TestSearches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		data := rapid.SampledFrom([]graph.Kinds{graph.WW, graph.WW | graph.WR, graph.WW | graph.WR | graph.Realtime}).Draw(t, "kinds")
		for name, s := range map[string]struct {
			find func() graph.Cycle
			is   func([]graph.Kinds) bool
		}{
			"through": {
				func() graph.Cycle { return g.Through(graph.WR, data) },
				func(ks []graph.Kinds) bool { return count(ks, data) == len(ks) && count(ks, graph.WR&data) > 0 },
			},
			"once": {
				func() graph.Cycle { return g.Once(graph.RW, data) },
				func(ks []graph.Kinds) bool { return count(ks, graph.RW) == 1 && count(ks, data) == len(ks)-1 },
			},
			"apart": {
				func() graph.Cycle { return g.Apart(graph.RW, data) },
				func(ks []graph.Kinds) bool { return isApart(ks) && count(ks, data|graph.RW) == len(ks) },
			},
		} {
			exists := false
			allCycles(g, func(c graph.Cycle) { exists = exists || s.is(kindsOf(g, c)) })
			c := s.find()
			if name == "apart" && exists && c == nil {
				require.True(t, g.HasApart(graph.RW, data))
				continue
			}
			require.Equal(t, exists, c != nil, name)
			if c != nil {
				require.True(t, s.is(kindsOf(g, c)), "%s: %v", name, c)
				require.Len(t, slices.Compact(slices.Sorted(slices.Values(c))), len(c))
			}
		}
	})
}
