package serve

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	files := finished(valid)
	files["latency.svg"] = "<svg/>"
	put(t, store, "broadcast/"+first, files)
	address := start(t, store) + "/run/broadcast/" + first + "/"
	for path, kind := range map[string]string{
		"file/test.json":     "application/json",
		"file/results.json":  "application/json",
		"file/history.jsonl": "text/plain; charset=utf-8",
		"file/latency.svg":   "image/svg+xml",
		"node/n0.log":        "text/plain; charset=utf-8",
	} {
		answer, body := get(t, address+path)
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
		require.Equal(t, kind, answer.Header.Get("Content-Type"), path)
		require.NotEmpty(t, body, path)
	}
	answer, body := get(t, address+"file/history.jsonl", func(r *http.Request) { r.Header.Set("Range", "bytes=1-7") })
	require.Equal(t, http.StatusPartialContent, answer.StatusCode)
	require.Equal(t, ended[1:8], body)
}

// A report that is missing is made, once the run has ended.
func TestReport(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := put(t, store, "broadcast/"+first, finished(valid))
	release := hold(t, dir)
	linked := put(t, store, "broadcast/"+second, finished(valid))
	require.NoError(t, os.Symlink("../../../etc/passwd", filepath.Join(linked, "nodes", "n1.log")))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "work", "n1"), 0o755)) // of the node, which may have links in there
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "work", "n1", "journal.jsonl")))
	address := start(t, store) + "/run/broadcast/"

	answer, _ := get(t, address+first+"/report")
	require.Equal(t, http.StatusConflict, answer.StatusCode, "the run goes on")
	require.NoFileExists(t, filepath.Join(dir, reportName))
	release()
	answer, made := get(t, address+first+"/report")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", answer.Header.Get("Content-Type"))
	require.Contains(t, made, "<html")
	require.FileExists(t, filepath.Join(dir, reportName))

	require.NoError(t, os.WriteFile(filepath.Join(dir, reportName), []byte("mine"), 0o600))
	_, body := get(t, address+first+"/report")
	require.Equal(t, "mine", body, "one that is there is not made again")

	answer, _ = get(t, address+second+"/report")
	require.Equal(t, http.StatusConflict, answer.StatusCode, "a link would lead somewhere else")
	require.NoFileExists(t, filepath.Join(linked, reportName))
}
