package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What somebody is told who names something that is no run.
func TestNoRun(t *testing.T) {
	t.Chdir(t.TempDir())
	const run = "kept/echo/20260102T150405.000"
	for name, text := range map[string]string{
		run + "/test.json":     `{"workload":"echo"}`,
		run + "/results.json":  `{"valid":true}`,
		run + "/history.jsonl": "",
		"empty.jsonl":          "",
		"object":               "{}",
		"list":                 "[]",
		"dir/file":             "x",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(filepath.FromSlash(name), []byte(text), 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join("empty", "below"), 0o755))
	here := strings.NewReplacer("RUN", filepath.FromSlash(run), "/", string(filepath.Separator))
	for line, says := range map[string]string{
		"report":               "store has no run yet; this makes one here:\n  glomers demo",
		"report nosuch":        "nosuch is not there: want the directory of a run",
		"report empty.jsonl":   "empty.jsonl is a file: want the directory of a run, with test.json, a history or results",
		"report RUN/test.json": "is a file of a run: want its directory, RUN",
		"report empty/below":   "is empty: want the directory of a run",
		"report dir":           "dir is not the directory of a run: want one with test.json, a history or results",
		"report kept":          "kept is a store: want the directory of one of its runs, such as RUN",
		"report kept/echo":     "has runs in it: want the directory of one, such as RUN",
		"report kept/latest":   "kept does not say which of its runs is the latest: name one, such as RUN",

		"check nosuch":           "nosuch is not there: want the directory of a run",
		"check kept":             "kept is a store: want the directory of one of its runs, such as RUN",
		"check empty/below":      "is empty: want the directory of a run, with history.jsonl, ",
		"check RUN/results.json": "is another file of a run: want its directory, RUN, or history.jsonl, ",
		"check empty.jsonl":      "empty.jsonl has no operation, so it does not show what it is of",
		"check list":             "list has no operation",
		"check object":           "no field index, time, type, process, f and value\nA history has operations, one a line, such as\n  {\"index\":0,",

		"compare kept RUN":              "kept is a store",
		"compare RUN RUN/history.jsonl": "is another file of a run: want its directory, RUN, or results.json or results.edn",
		"compare dir RUN":               "dir is not the directory of a run: want one with results.json or results.edn",
		"serve":                         "store has no run yet; this makes one here:\n  glomers demo",
		"serve --store nosuch":          "nosuch has no run yet; this makes one here:",
		"serve --store object":          "object is a file: want a store",
		"serve --store RUN":             "is the directory of a run: want a store",
		"serve --store kept/echo":       "has the runs of one workload: want the store that it is in, kept",
	} {
		status, stdout, stderr := execute(words(here.Replace(line))...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, strings.ReplaceAll(says, "RUN", filepath.FromSlash(run)), line)
		require.Empty(t, stdout, line)
	}
	require.NoFileExists(t, filepath.Join("dir", "report.html"))
	require.NoFileExists(t, filepath.Join("empty", "below", "report.html"))

	// With a store above, that is named; in a Go module, its node.
	require.NoError(t, os.Rename("kept", "store"))
	t.Chdir(filepath.Join("empty", "below"))
	_, _, stderr := execute("serve")
	require.Contains(t, stderr, "store has no run yet, but "+filepath.Join("..", "..", "store")+" does: want --store")
	require.NoError(t, os.RemoveAll(filepath.Join("..", "..", "store")))
	require.NoError(t, os.WriteFile("go.mod", []byte("module example/mine\n"), 0o600))
	_, _, stderr = execute("serve")
	require.Contains(t, stderr, "\n  glomers challenge ID --bin .\n")
}

func TestFirstRunInTheRepository(t *testing.T) {
	require.Equal(t, "glomers challenge 1", (&cli{name: "glomers"}).firstRun())
}
