package serve

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/workload"
	"glomers/internal/flock"
)

const (
	setup = `{"workload":"broadcast","program":{"path":"./node","args":["-x"]},"nodes":["n0","n1"],"rate":100,"time-limit":"20s",
		"nemesis":["partition"],"seed":18446744073709551615,"started":"2026-01-02T03:04:05Z"}`
	valid = `{"valid":true,"net":{"servers":{"msgs-per-op":0.31}},"workload":{"valid":true,"stable-latencies":{"0.5":746,"1":14003}},
		"latencies":{"read":{"p99-ns":1500000},"broadcast":{"p99-ns":2500000}}}`
	invalid = `{"valid":false,"reasons":["value 3 <script>alert(1)</script> is lost"]}`
	ended   = `{"index":0,"time":1000000,"type":"invoke","process":0,"f":"read","value":null}
{"index":1,"time":3000000,"type":"ok","process":0,"f":"read","value":[]}
`
	first  = "20260102T030405.000"
	second = "20260102T030406.000-1"
)

// put writes files of a run into the store; their names are relative to it.
func put(t *testing.T, store, run string, files map[string]string) (dir string) {
	t.Helper()
	dir = filepath.Join(store, run)
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

// finished are the files of a run that has ended.
func finished(results string) map[string]string {
	return map[string]string{"test.json": setup, "results.json": results, "history.jsonl": ended, "journal.jsonl": "", "nodes/n0.log": "hello\n"}
}

// hold makes the run in dir look as if it went on, until release is called.
func hold(t *testing.T, dir string) (release func()) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "history.jsonl"))
	require.NoError(t, err)
	require.NoError(t, flock.Lock(f))
	t.Cleanup(func() { _ = f.Close() }) // it may be closed already
	return func() { require.NoError(t, f.Close()) }
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func newServer(tb testing.TB, store string) *Server {
	tb.Helper()
	s, err := New(store, harness.Figures(workload.All()), quiet())
	require.NoError(tb, err)
	return s
}

// start serves a store and returns its address, without a slash at the end.
func start(t *testing.T, store string) string {
	t.Helper()
	s, err := New(store, harness.Figures(workload.All()), quiet())
	require.NoError(t, err)
	s.interval = time.Millisecond
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// get asks for an address and returns the answer with its body. It follows no redirect.
func get(t *testing.T, address string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	return do(t, r, change...)
}

func do(t *testing.T, r *http.Request, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	for _, c := range change {
		c(r)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, string(body)
}

func TestList(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, finished(valid))
	put(t, store, "broadcast/"+second, map[string]string{"test.json": strings.ReplaceAll(setup, ":05Z", ":06Z"), "results.json": invalid})
	put(t, store, "kafka/"+first, map[string]string{"test.json": `{"nodes":["n0"],"started":"2026-01-01T00:00:00Z"}`, "history.jsonl": ""})
	put(t, store, "kafka/20260101T000000.000", map[string]string{"test.json": `{}`, "results.json": `{"valid":"unknown"}`})
	put(t, store, "echo/20260101T000000.001", map[string]string{"test.json": `{}`, "results.json": `{"valid":"unknown","error":"node n0 died"}`})
	put(t, store, "echo/20260101T000000.002", map[string]string{"test.json": `{`})
	put(t, store, "g-counter/"+first, map[string]string{"test.json": setup, "history.jsonl": ended})
	put(t, store, "a<b>/"+first, finished(valid))
	put(t, store, "none/of/ours", map[string]string{"file": ""})
	require.NoError(t, os.Symlink("broadcast/"+first, filepath.Join(store, "latest")))
	hold(t, filepath.Join(store, "kafka", first))
	address := start(t, store)

	answer, page := get(t, address+"/")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	for _, state := range states() {
		require.Contains(t, page, `<span class="state `+state+`">`+state+`</span>`)
	}
	require.Regexp(t, `(?s)running.*state invalid.*state valid.*state (unknown|broken)`, page[strings.Index(page, "<tbody>"):], "the order")
	for _, says := range []string{">0.31<", ">746 ms<", ">14 s<", ">2.5 ms<", ">partition<", ">18446744073709551615<", "8 in "} {
		require.Contains(t, page, says)
	}
	require.Contains(t, page, `href="/run/a%3Cb%3E/`+first)
	require.NotContains(t, page, "a<b>")
	require.NotContains(t, page, "ours")

	_, page = get(t, address+"/?workload=broadcast&verdict=invalid")
	require.Equal(t, 1, strings.Count(page, "<tr>")-1)
	require.Contains(t, page, second)
	_, page = get(t, address+"/?workload=%3Cscript%3E")
	require.Contains(t, page, "No run is like that")
	_, page = get(t, start(t, t.TempDir())+"/")
	require.Contains(t, page, "There are no runs in")
}

func TestListIsCut(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	for i := range pageLength + 3 {
		put(t, store, fmt.Sprintf("echo/%04d", i), map[string]string{"test.json": `{}`})
	}
	address := start(t, store)
	_, page := get(t, address+"/?workload=echo")
	require.Equal(t, pageLength, strings.Count(page, "<tr>")-1)
	require.Contains(t, page, "3 older runs")
	_, page = get(t, address+"/?from=200&workload=echo")
	require.Equal(t, 3, strings.Count(page, "<tr>")-1)
	require.NotContains(t, page, "older runs")
	for _, from := range []string{"-1", "x", "99999999999999999999"} {
		answer, _ := get(t, address+"/?from="+from)
		require.Equal(t, http.StatusOK, answer.StatusCode)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, finished(valid))
	put(t, store, "broadcast/"+second, finished(invalid))
	going := put(t, store, "kafka/"+first, map[string]string{"test.json": setup, "history.jsonl": ended})
	put(t, store, "kafka/"+second, map[string]string{"test.json": setup, "history.jsonl": ended})
	hold(t, going)
	address := start(t, store)

	_, page := get(t, address+"/run/broadcast/"+first+"/")
	for _, says := range []string{
		`state valid`, `data-running="false"`, `after 746 ms in the median, after 14 s at worst`, `<code>./node -x</code>`, `action="report"`, `href="delete"`,
		`href="file/history.jsonl"`, `href="node/n0.log"`, `<th scope="row">net/servers/msgs-per-op</th>`, `value="broadcast/` + second + `"`,
	} {
		require.Contains(t, page, says)
	}
	_, page = get(t, address+"/run/broadcast/"+second+"/")
	require.Contains(t, page, "value 3 &lt;script&gt;alert(1)&lt;/script&gt; is lost")
	require.NotContains(t, page, "<script>alert")

	_, page = get(t, address+"/run/kafka/"+first+"/")
	require.Contains(t, page, `data-running="true"`)
	require.NotContains(t, page, `href="delete"`)
	_, page = get(t, address+"/run/kafka/"+second+"/")
	require.Contains(t, page, "killed before it could judge")

	answer, _ := get(t, address+"/run/kafka/nosuch/")
	require.Equal(t, http.StatusNotFound, answer.StatusCode)
}

func TestCompare(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, finished(valid))
	put(t, store, "broadcast/"+second, finished(strings.ReplaceAll(valid, "0.31", "0.62")))
	put(t, store, "kafka/"+first, map[string]string{"test.json": setup})
	address := start(t, store)
	compare := func(runs ...string) (int, string) {
		answer, page := get(t, address+"/compare?"+url.Values{"run": runs}.Encode())
		return answer.StatusCode, page
	}
	status, page := compare("broadcast/"+first, "broadcast/"+second)
	require.Equal(t, http.StatusOK, status)
	require.Regexp(t, `net/servers/msgs-per-op</th><td class="number">2</td><td class="number">0.31</td><td class="number">0.62<`, page)
	for want, runs := range map[int][]string{
		http.StatusBadRequest: {"broadcast/" + first},
		http.StatusNotFound:   {"broadcast/" + first, "../" + first},
		http.StatusConflict:   {"broadcast/" + first, "kafka/" + first},
	} {
		status, _ := compare(runs...)
		require.Equal(t, want, status, runs)
	}
}

func TestNewRejects(t *testing.T) {
	t.Parallel()
	_, err := New(filepath.Join(t.TempDir(), "nosuch"), harness.Figures(workload.All()), quiet())
	require.ErrorContains(t, err, "nosuch")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = New(file, harness.Figures(workload.All()), quiet())
	require.ErrorContains(t, err, "not a directory")
}

// A server that is told to stop does so, also while somebody follows a run.
func TestServe(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	hold(t, put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ended}))
	s, err := New(store, harness.Figures(workload.All()), quiet())
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()

	answer, err := http.Get("http://" + l.Addr().String() + "/run/broadcast/" + first + "/events")
	require.NoError(t, err)
	defer answer.Body.Close()
	_, err = answer.Body.Read(make([]byte, 1))
	require.NoError(t, err)
	cancel()
	require.NoError(t, <-served)

	broken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, broken.Close())
	require.ErrorContains(t, s.Serve(t.Context(), broken), "serve: ")
}
