package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/results"
	"glomers/node"
	"glomers/node/nodetest"
)

// The blocks of the files are as many as the syncs that the stores have counted.
func TestCountSyncs(t *testing.T) {
	run, want := t.TempDir(), 0
	for _, id := range []string{"n0", "n1"} {
		dir := filepath.Join(run, "work", id)
		require.NoError(t, os.MkdirAll(dir, 0o755))
		var s *node.Store
		c := nodetest.New(t, func(n *node.Node) {
			s = node.OpenStore(n, dir)
			node.HandleRPC(n, "append", func(ctx context.Context, _ struct{}) (struct{}, error) {
				s.Append([]byte("record"))
				s.Append(nil)
				return struct{}{}, s.Sync(ctx)
			})
		})
		c.Init(id)
		for range 5 {
			nodetest.Request[struct{}](c, "append", nil)
		}
		c.Close()
		require.Positive(t, s.Stats().Syncs)
		want += int(s.Stats().Syncs)
	}
	syncs, err := countSyncs(run)
	require.NoError(t, err)
	require.Equal(t, want, syncs)
}

// After a state, nobody knows how many writes there were before.
func TestSyncsBeforeAState(t *testing.T) {
	_, err := countBlocks([]byte("glomers store 1\n\x00\x00\x00\x00\x01sum.sum.\xa5"))
	require.ErrorContains(t, err, "began anew")
}

func TestDurableTable(t *testing.T) {
	point := func(mode string, values map[string]float64) results.Point {
		return results.Point{Series: "g-counter", Params: map[string]string{"mode": mode}, Runs: []results.Run{{Verdict: results.Valid, Values: values}}}
	}
	s := results.Set{Points: []results.Point{
		point("", map[string]float64{answeredRate: 100, "add-median-ms": 0.2, "add-p99-ms": 1, "read-median-ms": 0.1, "read-p99-ms": 2, msgsPerOp: 0.5}),
		point("-durable=disk", map[string]float64{answeredRate: 99, "add-median-ms": 3, "add-p99-ms": 4, "read-median-ms": 5, "read-p99-ms": 6, msgsPerOp: 0.4, syncsPerOp: 0.3}),
		{Series: "broadcast"},
	}}
	require.Equal(t, `
| mode | answered/s | add, median | add, 99 % | read, median | read, 99 % | msgs/op | syncs/op |
|---|---|---|---|---|---|---|---|
| default | 100 | 0.2 ms | 1 ms | 0.1 ms | 2 ms | 0.5 | – |
| `+"`-durable=disk`"+` | 99 | 3 ms | 4 ms | 5 ms | 6 ms | 0.4 | 0.3 |

`, durableTable(s, "g-counter"))
}
