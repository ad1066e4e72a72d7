package cli

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
)

func TestSizeOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1": 1, "65536": 65536, "64MiB": 64 << 20, "64 MiB": 64 << 20, "1.5GiB": 3 << 29, "500MB": 500e6, "2kB": 2000, "2KiB": 2048, "1GB": 1e9, "7B": 7,
	} {
		var got int64
		require.NoError(t, sizeOf(&got)(text))
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "MiB", "0", "-1", "0.5", "1TB", "1e300GB", "NaN", "inf", "64mib"} {
		var got int64
		require.ErrorContains(t, sizeOf(&got)(text), "want a size such as", text)
		require.Zero(t, got)
	}
}

// The limits of a test apply to its run, and the result says what is missing.
func TestLimitsOfARun(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, out, errs := execute("test", "-w", "echo", "--node-count", "1", "--time-limit", "1", "--rate", "100", "--bin", built(t, "official"),
		"--max-journal", "4KiB", "--store", store)
	require.Equal(t, statusValid, status, errs)
	require.Contains(t, out, "warning: journal.jsonl and the report have the messages until ")
	require.Contains(t, out, "--max-journal 4KiB", "in the command that repeats the run")
	journal, err := os.ReadFile(filepath.Join(store, "latest", "journal.jsonl"))
	require.NoError(t, err)
	require.Less(t, len(journal), 5<<10)
	require.Contains(t, string(journal), `"event":"full"`)

	status, out, errs = execute("challenge", "1", "--time-limit", "1", "--max-history", "64B", "--store", store)
	require.Equal(t, statusBroken, status, out)
	require.Contains(t, out+errs, "the history is full")
}

func TestBoundHeap(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetMemoryLimit(-1)
	undo := boundHeap(harness.Limits{})
	require.EqualValues(t, 448<<20, debug.SetMemoryLimit(-1))
	another := boundHeap(harness.Limits{}) // of a run at the same time
	require.EqualValues(t, 2*448<<20, debug.SetMemoryLimit(-1))
	undo()
	require.EqualValues(t, 448<<20, debug.SetMemoryLimit(-1))
	another()
	require.Equal(t, before, debug.SetMemoryLimit(-1))

	t.Setenv("GOMEMLIMIT", "1GiB")
	defer boundHeap(harness.Limits{})()
	require.Equal(t, before, debug.SetMemoryLimit(-1))
}
