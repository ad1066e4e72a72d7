package bound

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// challenge is challenges 3d and 3e: 25 nodes, 100 ms per hop, and 100 operations a second, half of them broadcasts.
var challenge = Broadcast{Nodes: 25, Ops: 100, Values: 50, Hop: 0.1}

// These are the figures of the write-up.
func TestChallenge(t *testing.T) {
	b := challenge
	for _, c := range []struct{ latency, least, best float64 }{
		{0.1, 12, 12},
		{0.199, 10.02, 10.02},
		{0.331, 0.993, 2.07},
		{0.58, 0.50, 0.97},
		{1.7, 0.184, 0.31},
	} {
		require.InEpsilon(t, c.least, b.Least(c.latency), 0.01, c)
		require.InEpsilon(t, c.best, b.Best(c.latency), 0.01, c)
	}
	require.InDelta(t, 0.97, b.StarSlots(0.58), 0.005)
	require.InDelta(t, 0.31, b.StarSlots(1.7), 0.005)
	require.Less(t, b.StarAtOnce(0.33), b.StarSlots(0.33), "leaves that send at once are better for short waits")
}

func TestDesignsAreNotBelowTheBound(t *testing.T) {
	for _, nodes := range []float64{2, 3, 4, 5, 7, 25, 100, 400} {
		for _, values := range []float64{0.1, 1, 50, 1000} {
			b := challenge
			b.Nodes, b.Values = nodes, values
			last := math.Inf(1)
			for latency := 0.1; latency < 4*nodes*b.Hop; latency *= 1.03 {
				least := b.Least(latency)
				require.LessOrEqual(t, least, last*(1+1e-9), "more time never costs more")
				require.LessOrEqual(t, least, b.Best(latency)*(1+1e-9), "%+v %v", b, latency)
				last = least
			}
		}
	}
}

// A ring costs less than the star with slots, which we once took for the minimum. These are the figures of the refutation.
func TestRing(t *testing.T) {
	for nodes, latency := range map[float64]float64{3: 0.5, 4: 0.7, 5: 0.9, 7: 1.3} {
		b := challenge
		b.Nodes = nodes
		require.InDelta(t, 0.1, b.Ring(latency), 1e-9)
		require.Less(t, b.Ring(latency), b.StarSlots(latency))
		require.True(t, math.IsInf(b.Ring(latency-0.01), 1), "the token cannot be faster")
	}
}

// A round without news is not sent: when values are rare, each costs one message per node.
func TestFewValues(t *testing.T) {
	b := Broadcast{Nodes: 25, Ops: 1, Values: 0.001, Hop: 0.1}
	for _, cost := range []float64{b.Mesh(0.5), b.StarAtOnce(0.5), b.StarSlots(0.5), b.Least(0.5)} {
		require.InEpsilon(t, 24*b.Values, cost, 0.01)
	}
}

func TestTooShort(t *testing.T) {
	b := challenge
	require.True(t, math.IsInf(b.Least(0.09), 1))
	require.True(t, math.IsInf(b.Best(0.09), 1))
	require.True(t, math.IsInf(b.StarSlots(0.2), 1))
	require.True(t, math.IsInf(b.StarAtOnce(0.19), 1))
}
