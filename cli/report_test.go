package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	run := filepath.Join("store", "latest")
	require.NoError(t, os.MkdirAll(run, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(run, "test.json"), []byte(`{"workload":"echo"}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(run, "history.jsonl"),
		[]byte(`{"index":0,"time":5,"type":"invoke","process":0,"f":"echo","value":"x"}`), 0o600))
	for line, page := range map[string]string{
		"report":                               filepath.Join(run, "report.html"),
		"report store/latest":                  filepath.Join(run, "report.html"),
		"report --from 1.5 --to 2s":            filepath.Join(run, "report.html"),
		"report --ops 0":                       filepath.Join(run, "report.html"),
		"report --from 100ms ./store/latest/.": filepath.Join(run, "report.html"),
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusValid, status, stderr)
		require.Equal(t, page+"\n", stdout, line)
		for _, name := range []string{"report.html", "latency.svg", "rate.svg", "messages.svg"} {
			require.FileExists(t, filepath.Join(filepath.Dir(page), name))
		}
	}
}

func TestReportRejects(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("run", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("run", "test.json"), []byte("{}"), 0o600))
	for line, says := range map[string]string{
		"report":                     "store has no run yet",
		"report a b":                 "2 directories given: want that of one run",
		"report run --ops 1":         "no such file",
		"report run --ops x":         "invalid",
		"report run --limit 0":       "want a size such as 64MiB",
		"report . --ops 1 --to 2":    "want one or the other",
		"report run --from soon":     "want a number (of seconds)",
		"report run --from 2 --to 1": "from 2s to 1s: want a time that is not negative, and a later one",
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says)
		require.Empty(t, stdout)
	}
}
