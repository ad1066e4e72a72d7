package report

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAround(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "history.jsonl"), []byte(`
{"index":0,"time":0,"type":"info","process":"nemesis","f":"start-kill","value":null}
{"index":1,"time":1000000000,"type":"invoke","process":0,"node":"n0","f":"read","value":null}
{"index":2,"time":1100000000,"type":"invoke","process":1,"f":"read","value":null}
{"index":3,"time":1200000000,"type":"ok","process":0,"node":"n0","f":"read","value":1}
{"index":4,"time":1400000000,"type":"ok","process":1,"f":"read","value":1}
{"index":5,"time":2000000000,"type":"invoke","process":1,"f":"read","value":1}
{"index":6,"time":3000000000,"type":"info","process":"nemesis","f":"stop-kill","value":null}
`), 0o600))
	const ms = time.Millisecond
	for _, c := range []struct {
		ops      []int
		from, to time.Duration
	}{
		{[]int{1}, 990 * ms, 1210 * ms},
		{[]int{3}, 990 * ms, 1210 * ms},
		{[]int{4, 1}, 980 * ms, 1420 * ms},
		{[]int{5}, 1950 * ms, 3050 * ms},
		{[]int{0}, 0, ms},
	} {
		var o Options
		require.NoError(t, o.Around(dir, c.ops))
		require.Equal(t, Options{From: c.from, To: c.to}, o, "%v", c.ops)
	}
	for _, bad := range [][]int{{7}, {-1}, {}} {
		require.Error(t, new(Options).Around(dir, bad))
	}
	require.ErrorContains(t, new(Options).Around(t.TempDir(), []int{1}), "report: history.jsonl: ")
}
