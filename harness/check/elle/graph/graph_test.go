package graph_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/elle/graph"
)

func TestKinds(t *testing.T) {
	require.Equal(t, "wr+rw+realtime", (graph.Realtime | graph.RW | graph.WR).String())
	require.Empty(t, graph.Kinds(0).String())
	require.Equal(t, graph.WW, (graph.Process | graph.RW | graph.WW).Name())
	require.Zero(t, graph.Kinds(0).Name())
}

func TestBuilder(t *testing.T) {
	b := graph.NewBuilder(3)
	require.True(t, b.Empty())
	require.Equal(t, 3, b.AddNode())
	b.Link(2, 0, graph.WR)
	b.Link(0, 2, graph.RW)
	b.Link(0, 1, graph.WW)
	b.Link(0, 2, graph.Realtime)
	b.Link(3, 3, graph.WR)
	require.False(t, b.Empty())
	g := b.Graph()
	require.Equal(t, 4, g.Len())
	to, kinds := g.Edges(0)
	require.Equal(t, []int32{1, 2}, to)
	require.Equal(t, []graph.Kinds{graph.WW, graph.RW | graph.Realtime}, kinds)
	require.Equal(t, graph.RW|graph.Realtime, g.Kinds(0, 2))
	require.Equal(t, graph.WR, g.Kinds(3, 3))
	require.Zero(t, g.Kinds(1, 0))
	require.Equal(t, graph.RW, g.Named(graph.WR).Kinds(0, 2))

	sub := g.Induced([]int32{0, 2})
	require.Equal(t, 2, sub.Len())
	require.Equal(t, graph.RW|graph.Realtime, sub.Kinds(0, 1))
	require.Equal(t, graph.WR, sub.Kinds(1, 0))
	require.Empty(t, graph.NewBuilder(0).Graph().Components(graph.All))
}

// reach returns which nodes can be reached from which, by at least one edge of the kinds.
func reach(g *graph.Graph, kinds graph.Kinds) [][]bool {
	n := g.Len()
	r := make([][]bool, n)
	for v := range n {
		r[v] = make([]bool, n)
		for w := range n {
			r[v][w] = g.Kinds(v, w)&kinds != 0
		}
	}
	for via := range n {
		for v := range n {
			for w := range n {
				r[v][w] = r[v][w] || r[v][via] && r[via][w]
			}
		}
	}
	return r
}

// Two nodes are in one component if each reaches the other.
func TestComponents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		kinds := rapid.SampledFrom([]graph.Kinds{graph.WW, graph.WW | graph.WR, graph.All}).Draw(t, "kinds")
		component := make([]int, g.Len())
		for i, c := range g.Components(kinds) {
			require.Greater(t, len(c), 1)
			require.IsIncreasing(t, c)
			for _, v := range c {
				require.Zero(t, component[v])
				component[v] = i + 1
			}
		}
		r := reach(g, kinds)
		for v := range g.Len() {
			for w := range g.Len() {
				if v != w {
					require.Equal(t, r[v][w] && r[w][v], component[v] > 0 && component[v] == component[w])
				}
			}
		}
	})
}

// A long chain does not exhaust the stack.
func TestComponentsOfALongCycle(t *testing.T) {
	const n = 300_000
	b := graph.NewBuilder(n)
	for v := range n {
		b.Link(v, (v+1)%n, graph.WW)
	}
	g := b.Graph()
	c := g.Components(graph.WW)
	require.Len(t, c, 1)
	require.Len(t, c[0], n)
	require.Len(t, g.Through(graph.WW, graph.WW), n)
}

// drawSpans returns the transactions of some processes, and the number of events. Each process runs one transaction at a
// time. Some of the first transactions have no beginning.
func drawSpans(t *rapid.T, processes int) (spans []graph.Span, events int) {
	open := make(map[int]int)
	for range rapid.IntRange(0, 2).Draw(t, "without beginning") {
		spans = append(spans, graph.Span{Begin: -1, End: events, Acknowledged: rapid.Bool().Draw(t, "outcome")})
		events++
	}
	for range rapid.IntRange(0, 40).Draw(t, "events") {
		p := rapid.IntRange(0, processes-1).Draw(t, "process")
		if v, busy := open[p]; busy {
			spans[v].End = events
			spans[v].Acknowledged = rapid.IntRange(0, 3).Draw(t, "outcome") > 0
			delete(open, p)
		} else {
			open[p] = len(spans)
			spans = append(spans, graph.Span{Begin: events, End: -1, Process: p})
		}
		events++
	}
	return spans, events
}

// edgesOfReduction returns the edges of real time that do not follow from others, found one by one, merged with the edges in
// others.
func edgesOfReduction(spans []graph.Span, others map[[2]int]graph.Kinds) map[[2]int]graph.Kinds {
	edges := maps.Clone(others)
	for v, a := range spans {
		for w, b := range spans {
			between := slices.ContainsFunc(spans, func(c graph.Span) bool {
				return c.Acknowledged && a.End < c.Begin && c.End < b.Begin
			})
			if a.Acknowledged && a.End < b.Begin && !between {
				edges[[2]int{v, w}] |= graph.Realtime
			}
		}
	}
	return edges
}

// allEdges returns the edges between the first n nodes of the graph. An edge that leads through further nodes has the kind of
// its first part.
func allEdges(t require.TestingT, g *graph.Graph, n int) map[[2]int]graph.Kinds {
	edges := make(map[[2]int]graph.Kinds)
	for v := range n {
		var follow func(w int, k graph.Kinds)
		follow = func(w int, k graph.Kinds) {
			if w < n {
				require.Zero(t, edges[[2]int{v, w}], "there are two ways from %d to %d", v, w)
				edges[[2]int{v, w}] = k
				return
			}
			to, kinds := g.Edges(w)
			for i, x := range to {
				require.Equal(t, graph.Via, kinds[i])
				follow(int(x), k)
			}
		}
		to, kinds := g.Edges(v)
		for i, w := range to {
			follow(int(w), kinds[i])
		}
	}
	return edges
}

// The edges of real time are those of the reduction, whether they lead through other nodes or not. An acknowledged
// transaction reaches exactly the transactions that began after its end.
func TestRealtime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		processes := rapid.IntRange(1, 12).Draw(t, "processes")
		spans, events := drawSpans(t, processes)
		others := make(map[[2]int]graph.Kinds)
		b := graph.NewBuilder(len(spans))
		for range rapid.IntRange(0, len(spans)).Draw(t, "others") {
			v, w := rapid.IntRange(0, len(spans)-1).Draw(t, "v"), rapid.IntRange(0, len(spans)-1).Draw(t, "w")
			k := rapid.SampledFrom([]graph.Kinds{graph.WW, graph.RW}).Draw(t, "kind")
			others[[2]int{v, w}] |= k
			b.Link(v, w, k)
		}
		b.LinkRealtime(spans, events, rapid.IntRange(0, 3).Draw(t, "direct"))
		empty := b.Empty()
		g := b.Graph()
		edges := allEdges(t, g, len(spans))
		require.Equal(t, edgesOfReduction(spans, others), edges)
		require.Equal(t, len(edges) == 0, empty)

		r := reach(g, graph.Realtime|graph.Via)
		for v, a := range spans {
			for w, b := range spans {
				if a.Begin >= 0 && b.Begin >= 0 {
					require.Equal(t, a.Acknowledged && a.End < b.Begin, r[v][w], "%v %v", a, b)
				}
			}
		}
	})
}

// A transaction has few edges of real time, however many transactions run at once.
func TestRealtimeIsSmall(t *testing.T) {
	const n, concurrency = 1_000, 500
	var spans []graph.Span
	for i := range n { // they end in the order in which they began
		spans = append(spans, graph.Span{Begin: 2 * i, End: 2*(i+concurrency) + 1, Acknowledged: true, Process: i})
	}
	b := graph.NewBuilder(n)
	b.LinkRealtime(spans, 2*(n+concurrency), 16)
	g := b.Graph()
	edges := 0
	for v := range g.Len() {
		to, _ := g.Edges(v)
		edges += len(to)
	}
	require.Less(t, g.Len(), 2*n)
	require.Less(t, edges, 20*n)
	require.Len(t, allEdges(t, g, n), (n-concurrency)*(n-concurrency-1)/2)
}

// An acknowledged transaction reaches exactly the later ones of its process.
func TestProcesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans, events := drawSpans(t, 4)
		b := graph.NewBuilder(len(spans))
		b.LinkProcesses(spans, events)
		r := reach(b.Graph(), graph.Process)
		for v, a := range spans {
			for w, b := range spans {
				require.Equal(t, a.Acknowledged && b.Acknowledged && a.Process == b.Process && a.End < b.End, r[v][w], "%v %v", a, b)
			}
		}
	})
}
