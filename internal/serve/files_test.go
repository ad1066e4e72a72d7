package serve

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
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
		"frame/latency.svg":  "image/svg+xml",
		"file/latency.svg":   "text/html; charset=utf-8",
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

// A report that is missing is made, once the run has ended and when somebody asks for it.
func TestReport(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := put(t, store, "broadcast/"+first, finished(valid))
	linked := put(t, store, "broadcast/"+second, finished(valid))
	secret := put(t, t.TempDir(), "outside", map[string]string{"file": "a secret"})
	require.NoError(t, os.Symlink(filepath.Join(secret, "file"), filepath.Join(linked, "nodes", "n1.log")))
	require.NoError(t, os.Symlink(filepath.Join(secret, "file"), filepath.Join(linked, reportName)))
	address := start(t, store)
	run := address + "/run/broadcast/" + first + "/"
	token := tokenOf(t, address, "broadcast/"+first)
	release := hold(t, dir)

	answer, _ := get(t, run+"report")
	require.Equal(t, http.StatusConflict, answer.StatusCode, "the run goes on")
	require.Equal(t, http.StatusConflict, post(t, run+"report", token))
	release()
	_, page := get(t, run)
	require.Contains(t, page, `<form action="report" method="post">`)
	answer, page = get(t, run+"report")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, page, "no report yet")
	require.Equal(t, http.StatusForbidden, post(t, run+"report", "x"))
	require.Equal(t, http.StatusForbidden, post(t, run+"report", token, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }))
	require.NoFileExists(t, filepath.Join(dir, reportName), "who looks changes nothing")
	require.Equal(t, http.StatusSeeOther, post(t, run+"report", token))
	answer, page = get(t, run+"report")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, page, `sandbox="allow-scripts"`)
	require.Contains(t, page, `data-src="/run/broadcast/`+first+`/frame/report.html"`)
	answer, made := get(t, run+"frame/report.html")
	require.Equal(t, "text/html; charset=utf-8", answer.Header.Get("Content-Type"))
	require.Contains(t, made, "<html")
	_, page = get(t, run)
	require.Contains(t, page, `href="report"`)

	require.NoError(t, os.WriteFile(filepath.Join(dir, reportName), []byte("mine"), 0o600))
	require.Equal(t, http.StatusSeeOther, post(t, run+"report", token))
	_, body := get(t, run+"frame/report.html")
	require.Equal(t, "mine", body, "one that is there is not made again")

	require.Equal(t, http.StatusSeeOther, post(t, address+"/run/broadcast/"+second+"/report", token))
	_, body = get(t, address+"/run/broadcast/"+second+"/frame/report.html")
	require.Contains(t, body, "<html")
	text, err := os.ReadFile(filepath.Join(secret, "file"))
	require.NoError(t, err)
	require.Equal(t, "a secret", string(text), "nothing is written through a link")
}

// What leads elsewhere, in a window of its own, is shown in a frame only. Large texts are not shown at all.
func TestFrames(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	files := finished(valid)
	files["violation-1.html"], files["cycle-G0-1.svg"] = "<p>", "<svg/>"
	grow(t, filepath.Join(put(t, store, "broadcast/"+first, files), "journal.jsonl"), shownSize+1)
	run := start(t, store) + "/run/broadcast/" + first + "/"
	for name, scripts := range map[string]bool{"violation-1.html": true, "cycle-G0-1.svg": false} {
		answer, page := get(t, run+"file/"+name)
		require.Equal(t, framingPolicy, answer.Header.Get("Content-Security-Policy"))
		require.Equal(t, scripts, strings.Contains(page, `sandbox="allow-scripts"`))
		require.Equal(t, !scripts, strings.Contains(page, `sandbox=""`))

		answer, body := get(t, run+"frame/"+name, func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "iframe") })
		require.Equal(t, files[name], body)
		policy := answer.Header.Get("Content-Security-Policy")
		require.Equal(t, scripts, strings.Contains(policy, "allow-scripts"))
		require.Contains(t, policy, "frame-ancestors 'self'")
		require.Equal(t, "SAMEORIGIN", answer.Header.Get("X-Frame-Options"))

		answer, _ = get(t, run+"frame/"+name, func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "document") })
		require.Equal(t, http.StatusSeeOther, answer.StatusCode, "not in a window of its own")
		require.Equal(t, "/run/broadcast/"+first+"/file/"+name, answer.Header.Get("Location"))
	}
	for _, path := range []string{"frame/history.jsonl", "frame/nosuch", "frame/violation-2.html", "file/violation-2.html", "frame/..%2ftest.json"} {
		answer, _ := get(t, run+path)
		require.Equal(t, http.StatusNotFound, answer.StatusCode, path)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, run+"file/journal.jsonl", nil)
	require.NoError(t, err)
	answer, _ := do(t, r)
	require.Equal(t, "attachment", answer.Header.Get("Content-Disposition"))
	answer, _ = get(t, run+"file/history.jsonl")
	require.Empty(t, answer.Header.Get("Content-Disposition"))
}
