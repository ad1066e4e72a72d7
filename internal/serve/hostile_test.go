package serve

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// grow makes a file that size, without taking room on the disk.
func grow(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, f.Truncate(size))
}

// Files of any size are read up to a limit, and that is said.
func TestHugeFiles(t *testing.T) { // not beside others, whose memory would count
	const huge = 10 << 30
	store := t.TempDir()
	grow(t, filepath.Join(put(t, store, "test/"+first, finished(valid)), "test.json"), huge)
	grow(t, filepath.Join(put(t, store, "results/"+first, finished(valid)), "results.json"), huge)
	grow(t, filepath.Join(put(t, store, "history/"+first, finished(valid)), "history.jsonl"), huge)
	address := start(t, store)
	memory := peak(t, func() {
		_, page := get(t, address+"/")
		require.Equal(t, 3, rows(page))
		require.Equal(t, 2, strings.Count(page, `<span class="state damaged">`))
		_, page = get(t, address+"/run/test/"+first+"/")
		require.Contains(t, page, "test.json cannot be read: larger than 1 MiB")
		_, page = get(t, address+"/run/results/"+first+"/")
		require.Contains(t, page, "results.json cannot be read: larger than 16 MiB")
		answer, _ := get(t, address+"/compare?run=history/"+first+"&run=results/"+first)
		require.Equal(t, http.StatusConflict, answer.StatusCode)
		events := listen(t, address+"/run/history/"+first+"/events")
		_, _ = events.next()
		events.until(func(u update) bool {
			return len(u.Functions) == 1 && u.Functions[0].OK == 1 && len(u.Notes) == 1 && strings.Contains(u.Notes[0], "longer than 512 MiB")
		})
		event, _ := events.next()
		require.Equal(t, "end", event)
	})
	require.Less(t, memory, uint64(300<<20))
}

// Results with very many figures and reasons make a page that a browser can show.
func TestManyFigures(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	var latencies, reasons []string
	for i := range 20_000 {
		latencies = append(latencies, fmt.Sprintf(`"kind %d":{"p50-ns":1,"p99-ns":%s}`, i, strings.Repeat("1", 1+i%300)))
		reasons = append(reasons, fmt.Sprintf(`"reason %d"`, i))
	}
	results := fmt.Sprintf(`{"valid":false,"latencies":{%s},"reasons":[%s,"%s"]}`, strings.Join(latencies, ","), strings.Join(reasons, ","), strings.Repeat("x", 1<<20))
	put(t, store, "broadcast/"+first, finished(results))
	long := strings.Repeat("y", 1<<16)
	put(t, store, "broadcast/"+second, map[string]string{
		"test.json":    fmt.Sprintf(`{"program":{"path":"%[1]s"},"nemesis":["%[1]s"],"time-limit":"%[1]s","latency":"%[1]s"}`, long),
		"results.json": fmt.Sprintf(`{"valid":"%[1]s","error":"%[1]s"}`, long),
	})
	dir := put(t, store, "logs/"+first, finished(valid))
	for i := range 2 * maxFiles {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "nodes", fmt.Sprintf("m%d.log", i)), nil, 0o600))
	}
	address := start(t, store)
	for path, says := range map[string]string{
		"/":                              "",
		"/run/broadcast/" + first + "/":  " more are in results.json",
		"/run/broadcast/" + second + "/": "…",
		"/compare?run=broadcast/" + first + "&run=broadcast/" + first: " more are in the two results.json",
		"/run/logs/" + first + "/":                                    "1001 more are in the directory",
	} {
		answer, page := get(t, address+path)
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
		require.Less(t, len(page), 1<<20, path)
		require.True(t, strings.Contains(page, says), path)
	}
}

// Whatever stands where a file should, nothing waits for it, and nothing is read through it.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	odd := map[string]func(path string) error{
		"pipe":   mkfifo,
		"device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"link":   func(path string) error { return os.Symlink("other", path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o755) },
		"socket": func(path string) error {
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
			if err == nil {
				l.SetUnlinkOnClose(false)
				err = l.Close()
			}
			return err
		},
	}
	for kind, make := range odd {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			store, err := os.MkdirTemp("", "odd") // short: a socket's path has at most some 100 bytes
			require.NoError(t, err)
			t.Cleanup(func() { _ = os.RemoveAll(store) }) // the system's directory for such
			for i, name := range []string{"test.json", "results.json", "history.jsonl", "nodes", "nodes/n0.log", "latency.svg", "report.html"} {
				files := finished(valid)
				files["other"], files["nodes/other"] = "secret", "secret"
				dir := put(t, store, fmt.Sprintf("w/%d", i), files)
				require.NoError(t, os.RemoveAll(filepath.Join(dir, name)))
				require.NoError(t, make(filepath.Join(dir, name)), name)
			}
			address := start(t, store)
			answer, page := get(t, address+"/")
			require.Equal(t, http.StatusOK, answer.StatusCode)
			require.Equal(t, 6, rows(page), "without a test.json it is no run")
			require.Equal(t, 1, strings.Count(page, `<span class="state interrupted">`), "without results.json it was killed")
			for i := range 7 {
				run := fmt.Sprintf("%s/run/w/%d/", address, i)
				for _, path := range []string{"", "events", "file/test.json", "file/results.json", "file/history.jsonl", "file/latency.svg", "node/n0.log", "delete"} {
					answer, page := get(t, run+path)
					require.Less(t, answer.StatusCode, 500, run+path)
					require.NotContains(t, page, "secret")
				}
			}
		})
	}
}

// Runs come and go while they are read.
func TestDeletionWhileReading(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	address := start(t, store)
	done := make(chan struct{})
	var all sync.WaitGroup
	for i := range 4 {
		run := fmt.Sprintf("/run/w%d/%s", i%3, first)
		all.Go(func() {
			for {
				for _, path := range []string{"/", "/?verdict=valid", run + "/", run + "-moved/", run + "/file/history.jsonl", run + "/events", run + "/delete"} {
					answer, err := http.Get(address + path)
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, answer.Body) // a stream of events ends, too
					_ = answer.Body.Close()
					if s := answer.StatusCode; s != http.StatusOK && s != http.StatusNotFound {
						t.Errorf("%s: %s", path, answer.Status)
					}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range 30 {
		dir := put(t, store, fmt.Sprintf("w%d/%s", i%3, first), finished(valid))
		require.NoError(t, os.Rename(dir, dir+"-moved"))
		require.NoError(t, os.RemoveAll(dir+"-moved"))
	}
	close(done)
	all.Wait()
	_, page := get(t, address+"/")
	require.Zero(t, rows(page))
}
