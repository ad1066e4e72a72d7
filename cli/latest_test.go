package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Where the system has no links, store/latest is a text file, and every command that takes a run takes it.
func TestLatestIsATextFile(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, _, stderr := execute("test", "-w", "echo", "--bin", "../echo", "--node-count", "1", "--time-limit", "1", "--store", store)
	require.Equal(t, statusValid, status, stderr)
	latest := filepath.Join(store, "latest")
	dir, err := filepath.EvalSymlinks(latest)
	require.NoError(t, err)
	run, err := filepath.Rel(store, dir)
	require.NoError(t, err)
	require.NoError(t, os.Remove(latest))
	require.NoError(t, os.WriteFile(latest, []byte(filepath.ToSlash(run)+"\n"), 0o600))

	for _, path := range []string{latest, filepath.Join(latest, "history.jsonl")} {
		status, stdout, stderr := execute("check", path)
		require.Equal(t, statusValid, status, stderr)
		require.Contains(t, stdout, "valid: echo")
	}
	status, stdout, stderr := execute("report", latest)
	require.Equal(t, statusValid, status, stderr)
	require.Equal(t, filepath.Join(dir, "report.html")+"\n", stdout)
	for _, path := range []string{latest, filepath.Join(latest, "results.json")} {
		status, _, stderr = execute("compare", path, dir)
		require.Equal(t, statusValid, status, stderr)
	}

	require.NoError(t, os.WriteFile(latest, []byte("../elsewhere\n"), 0o600))
	status, _, stderr = execute("report", latest)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "latest is a file: want the directory of a run")
}
