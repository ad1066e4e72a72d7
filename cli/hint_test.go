package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestHint(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	for _, want := range []string{"Where to look (1 of 3)", "The idea (2 of 3)", "To read (3 of 3)", "To read (3 of 3)"} {
		status, stdout, stderr := execute("hint", "3C", "--store", store)
		require.Equal(t, statusValid, status, stderr)
		require.Contains(t, stdout, want)
		for line := range strings.Lines(stdout) {
			require.LessOrEqual(t, utf8.RuneCountInString(line), hintWidth+1, line)
		}
	}
	_, stdout, _ := execute("hint", "G1c-process", "--all", "--store", store)
	require.Contains(t, stdout, "(1 of 3)")
	require.Contains(t, stdout, "(3 of 3)")

	status, _, stderr := execute("hint", "nonsense", "--store", store)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, `"nonsense": want 1, 2, 3a`)

	state := filepath.Join(dir, ".glomers", "hints.json")
	require.NoError(t, os.WriteFile(state, []byte("{"), 0o600))
	status, stdout, stderr = execute("hint", "3c", "--store", store)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stderr, "hints-damaged.json")
	require.Contains(t, stdout, "(1 of 3)")
	kept, err := os.ReadFile(filepath.Join(dir, ".glomers", "hints-damaged.json"))
	require.NoError(t, err)
	require.Equal(t, "{", string(kept))
}

// Without a topic, the hints are about the latest run.
func TestHintAboutTheLatestRun(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "store")
	status, _, stderr := execute("hint", "--store", store)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "has no run yet")

	latest := filepath.Join(store, "latest")
	require.NoError(t, os.MkdirAll(latest, 0o750))
	status, _, stderr = execute("hint", "--store", store)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "has no results")

	say := func(results string) string {
		require.NoError(t, os.WriteFile(filepath.Join(latest, "results.json"), []byte(results), 0o600))
		status, stdout, stderr := execute("hint", "--store", store)
		require.Equal(t, statusValid, status, stderr)
		return stdout
	}
	require.Contains(t, say(`{"valid": true}`), "has no failure")
	found := say(`{"valid": false, "workload": {"valid": false, "bad-error-types": ["lost-write", "poll-skip"]}}`)
	require.Contains(t, found, "Also seen: poll-skip.")
	require.Contains(t, found, "lost-write: acknowledged messages")
}
