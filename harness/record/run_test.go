package record

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// What a Writer wrote, a Run reads; until there are results the run is unfinished.
func TestRun(t *testing.T) {
	t.Parallel()
	w := create(t, Limits{Journal: 1 << 20})
	for _, f := range []string{"start-kill", "start-kill", "stop-kill", "stop-kill"} {
		require.NoError(t, w.Op(history.Op{Type: history.Info, Process: history.Nemesis, F: f, Value: []byte("null")}))
	}
	require.NoError(t, w.Flush())
	require.NoError(t, w.Close())
	run, err := Open(w.Dir())
	require.NoError(t, err)
	defer run.Close()
	m, err := run.Meta()
	require.NoError(t, err)
	require.Equal(t, []string{"n1"}, m.Nodes)
	require.True(t, run.IsOurs())
	require.True(t, run.Unfinished())
	require.Equal(t, "history.jsonl", run.HistoryName())
	_, err = run.Faults()
	require.ErrorContains(t, err, "index 0: want 1", "an index comes twice")
	require.NoError(t, os.WriteFile(filepath.Join(w.Dir(), "results.json"), []byte("{}"), 0o600))
	require.False(t, run.Unfinished())
}

// Maelstrom's directories have no test.json, and a history in EDN.
func TestRunOfMaelstrom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "history.edn"), []byte(`
{:index 0, :time 1, :type :info, :process :nemesis, :f :start-partition, :value :majority}
{:index 1, :time 2, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n1" #{"n0"}}]}
{:index 2, :time 9, :type :invoke, :process 0, :f :read, :value nil}
`), 0o600))
	run, err := Open(dir)
	require.NoError(t, err)
	defer run.Close()
	_, err = run.Meta()
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.False(t, run.IsOurs())
	require.False(t, run.Unfinished())
	faults, err := run.Faults()
	require.NoError(t, err)
	require.Len(t, faults, 1)
	require.Equal(t, history.Effect{Links: map[string][]string{"n1": {"n0"}}, Text: "majority"}, faults[0].Effect)
	require.EqualValues(t, 9, faults[0].End)

	_, err = Open(filepath.Join(dir, "history.edn"))
	require.ErrorContains(t, err, "is not a directory")
	_, err = Open(filepath.Join(dir, "nosuch"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
