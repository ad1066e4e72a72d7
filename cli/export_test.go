package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExport(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, _, stderr := execute(words("test -w echo --node-count 1 --time-limit 1 --rate 50 --bin " + built(t, "official") + " --store " + store)...)
	require.Equal(t, statusValid, status, stderr)
	dir := filepath.Join(store, "latest")
	for format, begins := range map[string]string{
		"otlp": `{"resourceSpans":[{"resource":`, "perfetto": `{"displayTimeUnit":"ms","traceEvents":[`, "shiviz": "send init to n0, message 0\n",
	} {
		status, stdout, stderr := execute("export", dir, "--format", format)
		require.Equal(t, statusValid, status, stderr)
		require.Contains(t, stdout, "echo_ok")
		require.Equal(t, begins, stdout[:len(begins)])
		file := filepath.Join(t.TempDir(), "out")
		status, nothing, stderr := execute("export", dir, "--format", format, "--out", file)
		require.Equal(t, statusValid, status, stderr)
		require.Empty(t, nothing)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, stdout, string(text))
	}

	journal := filepath.Join(dir, "journal.jsonl")
	text, err := os.ReadFile(journal)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(journal, append(text[:len(text)-10], "\nnonsense\n"...), 0o600))
	status, stdout, stderr := execute("export", dir, "--format", "perfetto")
	require.Equal(t, statusValid, status)
	require.True(t, json.Valid([]byte(stdout)))
	require.Contains(t, stderr, "some of the messages are missing")

	for says, args := range map[string][]string{
		"--format: want otlp, perfetto or shiviz":                    {"export", dir},
		`export: format "perfeto": did you mean perfetto?`:           {"export", dir, "--format", "perfeto"},
		"2 directories given: want that of one run":                  {"export", dir, dir},
		"nothing is not there: want the directory of a run":          {"export", filepath.Join(store, "nothing"), "--format", "otlp"},
		filepath.Join(store, "no", "file") + ": no such file or dir": {"export", dir, "--format", "otlp", "--out", filepath.Join(store, "no", "file")},
	} {
		status, _, stderr := execute(args...)
		require.Equal(t, statusBroken, status)
		require.Contains(t, stderr, says)
	}
}
