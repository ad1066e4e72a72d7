package exact_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/bound"
	"glomers/internal/bound/exact"
)

// busy returns the cluster with values at such a rate that all nodes always have news; costs are messages per tick.
func busy(c exact.Cluster) bound.Broadcast {
	return bound.Broadcast{Nodes: float64(c.Nodes), Ops: 1, Values: 1e12, Hop: float64(c.Hop)}
}

// minima maps clusters to their least rates of messages.
var minima = map[exact.Cluster]exact.Rate{
	{Nodes: 2, Hop: 1, Latency: 2}: {Messages: 2, Ticks: 1},
	{Nodes: 2, Hop: 1, Latency: 4}: {Messages: 2, Ticks: 3},
	{Nodes: 2, Hop: 2, Latency: 6}: {Messages: 2, Ticks: 4},
	{Nodes: 3, Hop: 1, Latency: 2}: {Messages: 6, Ticks: 1},
	{Nodes: 3, Hop: 1, Latency: 3}: {Messages: 6, Ticks: 2},
	{Nodes: 3, Hop: 1, Latency: 4}: {Messages: 5, Ticks: 3}, // neither a star nor a ring, nor any other design that we know
	{Nodes: 3, Hop: 1, Latency: 5}: {Messages: 1, Ticks: 1}, // the ring, from here on
	{Nodes: 3, Hop: 1, Latency: 6}: {Messages: 4, Ticks: 5},
	{Nodes: 3, Hop: 1, Latency: 7}: {Messages: 4, Ticks: 6},
	{Nodes: 3, Hop: 2, Latency: 3}: {Messages: 6, Ticks: 1}, // below two hops: the mesh
	{Nodes: 3, Hop: 2, Latency: 4}: {Messages: 6, Ticks: 2},
	{Nodes: 4, Hop: 1, Latency: 2}: {Messages: 12, Ticks: 1},
	{Nodes: 4, Hop: 1, Latency: 3}: {Messages: 4, Ticks: 1}, // doubling
}

// The search finds the known minima; all bounds are at or below them, and all designs at or above.
func TestBusy(t *testing.T) {
	for c, want := range minima {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			t.Parallel()
			least, err := c.Busy()
			require.NoError(t, err)
			require.InDelta(t, want.PerTick(), least.PerTick(), 1e-12)
			b, latency := busy(c), float64(c.Latency)
			require.LessOrEqual(t, b.Least(latency), least.PerTick()+1e-6)
			require.GreaterOrEqual(t, b.Best(latency), least.PerTick()-1e-6)
			if latency < 2*b.Hop {
				require.InDelta(t, b.Mesh(latency), least.PerTick(), 1e-6, "nothing is better than a mesh within one hop")
				require.InDelta(t, b.Least(latency), least.PerTick(), 1e-6)
			}
			if latency >= (2*b.Nodes-1)*b.Hop {
				require.InDelta(t, b.Ring(latency), least.PerTick(), 1e-6, "nothing is better than a ring where there is time for one")
				require.InDelta(t, b.Least(latency), least.PerTick(), 1e-6)
			}
		})
	}
}

var long = flag.Bool("long", false, "search also half hops, and four times as many clusters in the proofs")

// A minimum is for messages that are sent at ticks. Finer ticks of half a hop gain nothing for three nodes in three hops;
// four hops have too many states.
func TestHalfHops(t *testing.T) {
	if !*long {
		t.Skip("skipped: a long search, for -long")
	}
	whole, half := exact.Cluster{Nodes: 3, Hop: 1, Latency: 3}, exact.Cluster{Nodes: 3, Hop: 2, Latency: 6}
	least, err := half.Busy()
	require.NoError(t, err)
	require.InDelta(t, minima[whole].PerTick(), 2*least.PerTick(), 1e-12)
}

// The cost of the star was once our lower bound. Its proof took overlapping windows for disjoint ones.
func TestTheStarIsNotTheLeast(t *testing.T) {
	c := exact.Cluster{Nodes: 3, Hop: 1, Latency: 5}
	least, err := c.Busy()
	require.NoError(t, err)
	require.Less(t, least.PerTick(), 0.8*busy(c).StarSlots(5))
}

// stabs returns the fewest points that hit all windows that begin at the given times, which are in order.
func stabs(times []float64, window float64) (n int) {
	met := math.Inf(-1) // windows up to here are hit
	for _, at := range times {
		if at > met {
			n, met = n+1, at+window
		}
	}
	return n
}

// A run is a list of values, with the times and the nodes at which they come.
type run struct {
	nodes int
	times []float64
	at    []int
}

// of returns the times of the values that came to node i or, if others is set, to all nodes except i.
func (r run) of(i int, others bool) (times []float64) {
	for v, node := range r.at {
		if (node == i) != others {
			times = append(times, r.times[v])
		}
	}
	return times
}

// pairs, received and blocks return the number of messages that the proofs of package bound count for one run.
func (r run) pairs(window float64) (n int) {
	for i := range r.nodes {
		n += (r.nodes - 1) * stabs(r.of(i, false), window)
	}
	return n
}

func (r run) received(window float64) (n int) {
	for j := range r.nodes {
		n += stabs(r.of(j, true), window)
	}
	return n
}

func (r run) blocks(window, part float64) (n int) {
	for v := 0; v < len(r.times); {
		start, news := r.times[v], map[int]bool{}
		for ; v < len(r.times) && r.times[v] <= start+part+window; v++ {
			if r.times[v] <= start+part {
				news[r.at[v]] = true
			}
		}
		n += r.nodes + len(news) - 2
	}
	return n
}

// Whenever the values come, no program can send fewer messages than the proofs count, not even one that knows the future.
// Within one hop, the first count is exact.
func TestProofs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	tight := map[string]int{}
	clusters := 100
	if *long {
		clusters = 400
	}
	for range clusters {
		c := exact.Cluster{Nodes: 2 + rng.IntN(3), Hop: 1 + rng.IntN(2)}
		most := 6 // values
		if c.Nodes == 4 {
			most = 3
		}
		c.Latency = c.Hop + 1 + rng.IntN(4)
		var values []exact.Value
		r := run{nodes: c.Nodes}
		for tick := 0; tick < 9 && len(values) < most; tick++ {
			for node := range c.Nodes {
				if rng.IntN(4) == 0 && len(values) < most {
					values = append(values, exact.Value{Node: node, Tick: tick})
					r.times, r.at = append(r.times, float64(tick)), append(r.at, node)
				}
			}
		}
		fewest, err := c.Fewest(values)
		require.NoError(t, err)
		count := func(name string, n int) {
			require.LessOrEqual(t, n, fewest, "%s: %+v %v", name, c, values)
			if n == fewest {
				tight[name]++
			}
		}
		window := float64(c.Latency - c.Hop)
		count("received", r.received(window))
		for part := range 5 {
			count("blocks", r.blocks(window, float64(part)))
		}
		pairs := r.pairs(window)
		if c.Latency < 2*c.Hop {
			require.Equal(t, pairs, fewest, "%+v %v", c, values)
		}
		require.GreaterOrEqual(t, pairs, fewest, "a mesh that waits is one way to do it")
	}
	require.Greater(t, tight["received"], clusters/20)
	require.Greater(t, tight["blocks"], clusters/4)
}

// The formulas give the means of the counts in the proofs.
func TestFormulas(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const end = 20_000.0
	for _, nodes := range []int{3, 25} {
		r := run{nodes: nodes}
		for at := rng.ExpFloat64() / 5; at < end; at += rng.ExpFloat64() / 5 {
			r.times, r.at = append(r.times, at), append(r.at, rng.IntN(nodes))
		}
		b := bound.Broadcast{Nodes: float64(nodes), Ops: 1, Values: 5, Hop: 1}
		for _, latency := range []float64{1, 1.5, 1.99} {
			require.InEpsilon(t, float64(r.pairs(latency-1))/end, b.Least(latency), 0.02)
		}
		for _, latency := range []float64{2, 3, 5, 12} {
			counted := []int{r.received(latency - 1)}
			for part := 0.0; part < 20; part += 0.25 {
				counted = append(counted, r.blocks(latency-1, part))
			}
			require.InEpsilon(t, float64(slices.Max(counted))/end, b.Least(latency), 0.02)
		}
	}
}

func TestBadInput(t *testing.T) {
	for _, c := range []exact.Cluster{{}, {Nodes: 1, Hop: 1, Latency: 3}, {Nodes: 3, Hop: 0, Latency: 3}, {Nodes: 3, Hop: 2, Latency: 2}} {
		_, err := c.Busy()
		require.ErrorContains(t, err, "exact: ")
		_, err = c.Fewest([]exact.Value{{}})
		require.ErrorContains(t, err, "exact: ")
	}
	_, err := exact.Cluster{Nodes: 3, Hop: 1, Latency: 3}.Fewest(make([]exact.Value, 9))
	require.ErrorContains(t, err, "9 values")
}
