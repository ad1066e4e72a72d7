package harness

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLagSampleIsBounded(t *testing.T) {
	t.Parallel()
	require.Equal(t, Latency{}, new(lagSample).latency())
	for _, n := range []int{1, 1000, maxLags, maxLags + 1, 5*maxLags + 3} {
		var l lagSample
		for i := range n {
			l.add(time.Duration(i))
		}
		require.LessOrEqual(t, len(l.kept), maxLags)
		require.Greater(t, len(l.kept), min(n, maxLags)/2-1)
		for i, by := range l.kept {
			require.Equal(t, time.Duration(i*max(1, l.stride)), by)
		}
		q := l.latency()
		require.Equal(t, n, q.Count)
		require.Equal(t, time.Duration(n-1), q.Max)
		require.InDelta(t, n/2, int(q.P50), float64(n)/1000+1)
		require.InDelta(t, n*99/100, int(q.P99), float64(n)/1000+1)
	}
}
