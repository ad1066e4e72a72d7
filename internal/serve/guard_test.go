package serve

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/workload"
)

// A page whose name leads to this machine (DNS rebinding) gets nothing.
func TestHost(t *testing.T) {
	t.Parallel()
	address := start(t, t.TempDir())
	_, port, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ":")
	for host, want := range map[string]int{
		"127.0.0.1:" + port:              http.StatusOK,
		"localhost:" + port:              http.StatusOK,
		"localhost":                      http.StatusMisdirectedRequest,
		"localhost:1":                    http.StatusMisdirectedRequest,
		"evil.example:" + port:           http.StatusMisdirectedRequest,
		"localhost.evil.example:" + port: http.StatusMisdirectedRequest,
		"127.0.0.1.nip.io:" + port:       http.StatusMisdirectedRequest,
	} {
		answer, _ := get(t, address+"/", func(r *http.Request) { r.Host = host })
		require.Equal(t, want, answer.StatusCode, host)
	}
	s, err := New(t.TempDir(), harness.Figures(workload.All()), quiet())
	require.NoError(t, err)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/", nil)) // from no server
	require.Equal(t, http.StatusMisdirectedRequest, w.Code)
}

// A name is answered to if it was asked for.
func TestAllow(t *testing.T) {
	t.Parallel()
	s, err := New(t.TempDir(), harness.Figures(workload.All()), quiet())
	require.NoError(t, err)
	s.Allow("my.host")
	server := httptest.NewServer(s)
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	for host, want := range map[string]int{
		"my.host:" + port:   http.StatusOK,
		"127.0.0.1:" + port: http.StatusOK,
		"127.0.0.2:" + port: http.StatusMisdirectedRequest, // not the one that it came to
		"0.0.0.0:" + port:   http.StatusMisdirectedRequest,
		"other:" + port:     http.StatusMisdirectedRequest,
	} {
		answer, _ := get(t, server.URL+"/", func(r *http.Request) { r.Host = host })
		require.Equal(t, want, answer.StatusCode, host)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, finished(valid))
	address := start(t, store)
	run := "/run/broadcast/" + first + "/"
	for path, own := range map[string]bool{
		"/": true, "/nosuch": true, "/compare": true, "/static/style.css": true, "/static/live.js": true, run: true, run + "delete": true, run + "events": true,
		run + "file/results.json": false, run + "file/history.jsonl": false, run + "node/n0.log": false, run + "report": true,
	} {
		answer, _ := get(t, address+path)
		h := answer.Header
		policy := h.Get("Content-Security-Policy")
		for _, says := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
			require.Contains(t, policy, says, path)
		}
		require.Equal(t, own, !strings.Contains(policy, "sandbox"), path)
		require.Equal(t, own, !strings.Contains(policy, "unsafe-inline"), path)
		require.NotContains(t, policy, "http", "nothing remote")
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "DENY", h.Get("X-Frame-Options"), path)
		require.Equal(t, "same-origin", h.Get("Referrer-Policy"), path)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), path)
		require.NotEmpty(t, h.Get("Content-Type"), path)
	}
}

// Our own pages have no script and no style that the policy would forbid.
func TestPagesHaveNothingInline(t *testing.T) {
	t.Parallel()
	entries, err := web.ReadDir("web")
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		text, err := web.ReadFile("web/" + e.Name())
		require.NoError(t, err)
		require.NotRegexp(t, `<style|style=|<script>|javascript:|\son[a-z]+=|(src|href)="(https?:)?//`, string(text), e.Name())
	}
}

// Whatever the path says, nothing outside the store is shown, and no link is followed.
func TestTraversal(t *testing.T) {
	t.Parallel()
	const secret = "the secret"
	parent := t.TempDir()
	put(t, parent, "outside", map[string]string{"test.json": setup, "results.json": valid, "history.jsonl": secret, "nodes/n0.log": secret})
	store := filepath.Join(parent, "store")
	dir := put(t, store, "broadcast/"+first, finished(valid))
	put(t, store, "broadcast/"+first, map[string]string{"other": secret, ".hidden.log": secret, "nodes/.hidden.log": secret})
	outside := filepath.Join(parent, "outside")
	require.NoError(t, os.Mkdir(filepath.Join(store, "links"), 0o755))
	for link, target := range map[string]string{
		filepath.Join(store, "away"):               parent,
		filepath.Join(store, "links", "away"):      outside,
		filepath.Join(store, "links", "near"):      dir,
		filepath.Join(dir, "violation-1.html"):     filepath.Join(outside, "history.jsonl"),
		filepath.Join(dir, "violation-2.html"):     "other",
		filepath.Join(dir, "nodes", "n1.log"):      filepath.Join(outside, "history.jsonl"),
		filepath.Join(dir, "nodes", "n2.log"):      "../other",
		filepath.Join(store, "links", "dangling"):  "nowhere",
		filepath.Join(store, "links", "by itself"): "by itself",
	} {
		require.NoError(t, os.Symlink(target, link))
	}
	require.NoError(t, mkfifo(filepath.Join(dir, "latency.svg"))) // opening it would wait
	address := start(t, store)

	run := "/run/broadcast/" + first
	for _, path := range []string{
		"/../outside/history.jsonl",
		"/run/../../outside/file/history.jsonl",
		"/run/%2e%2e/outside/",
		"/run/%2e%2e/outside/file/history.jsonl",
		"/run/..%2f/outside/file/history.jsonl",
		"/run/broadcast/..%2f..%2foutside/file/history.jsonl",
		"/run/broadcast%2f..%2f../outside/file/history.jsonl",
		"/run/./outside/file/history.jsonl",
		"/run/" + strings.ReplaceAll(outside, "/", "%2f") + "/x/file/history.jsonl",
		"/run/broadcast/" + strings.ReplaceAll(outside, "/", "%2f") + "/file/history.jsonl",
		"/run/away/outside/file/history.jsonl",
		"/run/links/away/file/history.jsonl",
		"/run/links/near/",
		"/run/links/dangling/",
		"/run/links/by%20itself/",
		run + "/file/..%2f..%2f..%2foutside%2fhistory.jsonl",
		run + "/file/%2e%2e%2fother",
		run + "/file/other",
		run + "/file/nodes%2fn0.log",
		run + "/file/history.jsonl%00",
		run + "/file/violation-1.html",
		run + "/file/violation-2.html",
		run + "/file/violation-..%2f..%2f.html",
		run + "/file/latency.svg",
		run + "/node/n1.log",
		run + "/node/n2.log",
		run + "/node/.hidden.log",
		run + "/node/%00.log",
		run + "/node/..%2f..%2fhistory.log",
		run + "/node/..",
		run + "%00/file/history.jsonl",
		"/static/..%2fserve.go",
		"/static/../../serve.go",
	} {
		answer, body := get(t, address+path)
		require.NotEqual(t, http.StatusOK, answer.StatusCode, path)
		require.Less(t, answer.StatusCode, 500, path)
		require.NotContains(t, body, secret, path)
	}
	_, page := get(t, address+run+"/")
	for _, name := range []string{"violation", "n1.log", "n2.log", "hidden", "other", "latency.svg"} {
		require.NotContains(t, page[strings.Index(page, "<h2>Files"):], name)
	}
	_, page = get(t, address+"/")
	require.NotContains(t, page, "links")
	require.NotContains(t, page, "away")
}

// What nodes are called, and what they print, is text.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const bad = `"><img src=x onerror=alert(1)><script>alert(2)</script>`
	store := t.TempDir()
	log := strings.ReplaceAll(bad, "/", "_") + ".log"
	files := finished(`{"valid":false,"error":"` + strings.ReplaceAll(bad, `"`, `\"`) + `","latencies":{"` + strings.ReplaceAll(bad, `"`, `\"`) + `":{"p99-ns":1}}}`)
	files["nodes/"+log] = "<script>alert(3)</script>"
	files["test.json"] = `{"nodes":["<script>"],"program":{"path":"<script>"},"nemesis":["<script>"],"latency":"<script>"}`
	files["cycle-G0-1.svg"] = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(5)</script></svg>"
	files["violation-1.html"] = "<script>alert(4)</script>"
	put(t, store, "<script>/"+first, files)
	address := start(t, store)
	run := "/run/%3Cscript%3E/" + first + "/"
	for _, path := range []string{"/", run, run + "delete", "/compare?run=%3Cscript%3E/" + first + "&run=%3Cscript%3E/" + first, "/%3Cscript%3E"} {
		_, page := get(t, address+path)
		for _, never := range []string{"<script>", "<img"} {
			require.NotContains(t, page, never, path)
		}
	}
	answer, body := get(t, address+run+"node/"+escape(log))
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "text/plain; charset=utf-8", answer.Header.Get("Content-Type"))
	require.Equal(t, "<script>alert(3)</script>", body)
	for name, policy := range map[string]string{"violation-1.html": pagePolicy, "cycle-G0-1.svg": picturePolicy} {
		answer, _ = get(t, address+run+"frame/"+name)
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, policy, answer.Header.Get("Content-Security-Policy"))
	}
}

// A page of another site can lead to the list and to runs, when somebody follows its link, and to nothing else.
func TestForeign(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	files := finished(valid)
	files[reportName] = "<p>"
	put(t, store, "broadcast/"+first, files)
	address := start(t, store)
	run := "/run/broadcast/" + first + "/"
	const ok, no = http.StatusOK, http.StatusForbidden
	type headers map[string]string
	visit := func(site string) headers {
		return headers{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}
	}
	cheap := []string{"/", run}
	others := []string{
		"/?verdict=valid", "/compare?run=broadcast/" + first + "&run=broadcast/" + first, run + "events", run + "report", run + "delete", run + "file/test.json",
		run + "file/report.html", run + "frame/report.html", run + "node/n0.log", "/static/style.css",
	}
	for _, c := range []struct {
		name          string
		from          headers
		cheap, others int
	}{
		{"no browser", nil, ok, ok},
		{"typed", headers{"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, ok, ok},
		{"own page", headers{"Sec-Fetch-Site": "same-origin"}, ok, ok},
		{"link elsewhere", visit("cross-site"), ok, no},
		{"link on another port", visit("same-site"), ok, no},
		{"script leads here", headers{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, no, no},
		{"frame", headers{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Sec-Fetch-User": "?1"}, no, no},
		{"picture", headers{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, no, no},
		{"picture on another port", headers{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, no, no},
		{"fetch", headers{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Origin": "http://evil.example"}, no, no},
		{"old browser, own page", headers{"Referer": address + "/"}, ok, ok},
		{"old browser, fetch", headers{"Origin": "http://evil.example"}, ok, no},
		{"old browser, without rights", headers{"Origin": "null"}, ok, no},
		{"old browser, link", headers{"Referer": "http://evil.example/"}, ok, no},
		{"old browser, another port", headers{"Referer": "http://127.0.0.1:1/"}, ok, no},
	} {
		for want, paths := range map[int][]string{c.cheap: cheap, c.others + 1000: others} {
			for _, path := range paths {
				answer, _ := get(t, address+path, func(r *http.Request) {
					for name, value := range c.from {
						r.Header.Set(name, value)
					}
				})
				require.Equal(t, want%1000, answer.StatusCode, "%s: %s", c.name, path)
			}
		}
	}
}
