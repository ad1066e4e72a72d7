package bound

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The figures of design.md §4: 25 nodes, 100 ms for each hop, 100 operations a second of which half are broadcasts.
func TestBroadcast(t *testing.T) {
	b := Broadcast{Nodes: 25, Ops: 100, Values: 50, Hop: 0.1}
	require.InDelta(t, 12, b.Mesh(0), 1e-9)
	require.InDelta(t, 0.97, b.Star(0.38), 0.005)
	require.InDelta(t, 0.31, b.Star(1.5), 0.005)
	require.True(t, math.IsInf(b.Star(0), 1))

	require.Equal(t, b.Mesh(0), b.Least(0.1))
	require.Equal(t, b.Star(0.38), b.Least(0.58))
	for latency := 0.1; latency < 2; latency += 0.01 { // more time never costs more
		require.LessOrEqual(t, b.Least(latency+0.01), b.Least(latency))
	}
	require.Less(t, b.Star(0.1), 24*(1+b.withNews(0.1))/10, "leaves that send at once are better for short waits")
}
