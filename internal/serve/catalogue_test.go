package serve

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// rows returns how many runs the page lists.
func rows(page string) int { return max(0, strings.Count(page, "<tr>")-1) }

// What happens in a store shows at once, whatever was known before.
func TestListIsFresh(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	address := start(t, store)
	list := func(query string) string {
		answer, page := get(t, address+"/"+query)
		require.Equal(t, http.StatusOK, answer.StatusCode)
		return page
	}
	require.Zero(t, rows(list("")))
	dir := put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ended})
	release := hold(t, dir)
	require.Contains(t, list(""), `state running`, "a new run")
	require.Contains(t, list(""), `state running`)
	require.Equal(t, 1, rows(list("?verdict=running")))
	put(t, store, "broadcast/"+first, map[string]string{"results.json": valid})
	require.Contains(t, list(""), `state running`, "it writes the rest")
	release()
	require.Contains(t, list(""), `state valid`, "it has ended")
	require.Zero(t, rows(list("?verdict=running")))
	require.Equal(t, 1, rows(list("?verdict=valid")))

	replaced := filepath.Join(dir, "replaced")
	require.NoError(t, os.WriteFile(replaced, []byte(invalid), 0o600))
	require.NoError(t, os.Rename(replaced, filepath.Join(dir, "results.json")))
	require.Equal(t, 1, rows(list("?verdict=invalid")), "other results took the place of the former")
	put(t, store, "broadcast/"+first, map[string]string{"results.json": `{"valid":"unknown"}`}) // in place
	require.Contains(t, list(""), `state unknown`)
	require.Equal(t, 1, rows(list("?verdict=unknown")))

	put(t, store, "broadcast/"+second, finished(valid))
	require.Equal(t, 2, rows(list("")))
	require.Equal(t, http.StatusSeeOther, deleteRun(t, address, "broadcast/"+first, tokenOf(t, address, "broadcast/"+first)))
	require.Equal(t, 1, rows(list("")), "one was deleted here")
	require.NoError(t, os.RemoveAll(filepath.Join(store, "broadcast")))
	require.Contains(t, list(""), "There are no runs in", "the other one elsewhere")
}

// Requests that wait at the same time share one look; no request gets one that had begun before.
func TestLooksAreShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &catalogue{dir: t.TempDir(), looking: true} // as if somebody looked: it is not over yet
		const requests = 30
		looks := make(chan *look, requests)
		for range requests {
			go func() {
				l, err := c.look(t.Context())
				if err != nil {
					t.Error(err)
				}
				looks <- l
			}()
		}
		synctest.Wait()
		require.Empty(t, looks)
		c.keepLooking()
		one := <-looks
		for range requests - 1 {
			require.Same(t, one, <-looks)
		}
		require.Equal(t, 1, c.looks)
		l, err := c.look(t.Context())
		require.NoError(t, err)
		require.NotSame(t, one, l)

		c = &catalogue{dir: t.TempDir(), looking: true}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = c.look(ctx)
		require.ErrorIs(t, err, context.Canceled, "who has gone does not wait")
	})
}

// What a page shows of runs is kept, not their results; the files are read once.
func TestReadingsAreKept(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	for i := range 3 {
		put(t, store, fmt.Sprintf("echo/2026010%dT000000.000", i+1), finished(valid))
	}
	s := newServer(t, store)
	lines := func() []*line {
		l, err := s.runs.look(t.Context())
		require.NoError(t, err)
		lines, err := s.lines(t.Context(), l, l.runs, 2)
		require.NoError(t, err)
		require.Len(t, lines, 2)
		read := 0
		for _, k := range l.runs {
			if k.read.Load() != nil {
				read++
			}
		}
		require.Equal(t, 2, read, "what no page shows is not read")
		return lines
	}
	before := lines()
	require.Equal(t, []string{"20260103T000000.000", "20260102T000000.000"}, []string{before[0].Name, before[1].Name}, "the newest first")
	// The text is another one now, but size and time are those of before: nobody looks into the file.
	results := filepath.Join(store, before[0].String(), "results.json")
	info, err := os.Stat(results)
	require.NoError(t, err)
	f, err := os.OpenFile(results, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(strings.Replace(valid, "0.31", "0.99", 1))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, os.Chtimes(results, time.Time{}, info.ModTime()))
	require.Equal(t, "0.31", lines()[0].MsgsPerOp)
	require.NoError(t, os.Chtimes(results, time.Time{}, info.ModTime().Add(time.Second)))
	require.Equal(t, "0.99", lines()[0].MsgsPerOp)
}

// Directories that are no runs, or that cannot be looked into, do not keep the others from being shown.
func TestListOfNoRuns(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, finished(valid))
	for i := range 500 {
		require.NoError(t, os.MkdirAll(filepath.Join(store, "broadcast", fmt.Sprintf("empty-%d", i)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(store, "broadcast", fmt.Sprintf("file-%d", i)), nil, 0o600))
		require.NoError(t, os.Mkdir(filepath.Join(store, fmt.Sprintf("none-%d", i)), 0o755))
	}
	other := put(t, store, "odd/"+first, map[string]string{"history.jsonl": ended})
	require.NoError(t, os.Mkdir(filepath.Join(other, "test.json"), 0o755))
	pipe := put(t, store, "odd/"+second, map[string]string{"history.jsonl": ended})
	require.NoError(t, mkfifo(filepath.Join(pipe, "test.json")))
	address := start(t, store)
	for range 2 {
		_, page := get(t, address+"/")
		require.Equal(t, 1, rows(page))
		require.NotContains(t, page, "none-")
		require.NotContains(t, page, "odd")
	}
}

// Names are whatever the file system allows.
func TestOddNames(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	names := []string{
		"-rf", "--help", "a b", "a%b", "a%2fb", "a&b=c#d?e", "ä\u0301", "\x1b[2J\x07", "new\nline", "\u202egpj.exe",
		strings.Repeat("x", 255), strings.Repeat("ü", 127), `"><script>alert(1)`, "~", "con", "*",
	}
	if runtime.GOOS != "darwin" { // it refuses them
		names = append(names, "\xff\xfe")
	}
	for _, name := range names {
		put(t, store, filepath.Join(name, name), finished(valid))
	}
	address := start(t, store)
	_, page := get(t, address+"/")
	require.Equal(t, len(names), rows(page))
	for _, never := range []string{"\u202e", "\x1b", "<script>"} {
		require.False(t, strings.Contains(page, never), "%q", never) // the page is long
	}
	require.True(t, utf8.ValidString(page))
	for _, choice := range regexp.MustCompile(`<option value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		_, page := get(t, address+"/?"+url.Values{"workload": {html.UnescapeString(choice[1])}}.Encode())
		require.Equal(t, 1, rows(page), choice[1])
		require.Equal(t, 1, strings.Count(page, " selected>"), choice[1])
	}
	keys := regexp.MustCompile(`name="run" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	require.Len(t, keys, len(names))
	for _, key := range keys {
		run := html.UnescapeString(key[1])
		answer, page := get(t, address+"/run/"+run+"/")
		require.Equal(t, http.StatusOK, answer.StatusCode, run)
		require.True(t, utf8.ValidString(page))
		answer, body := get(t, address+"/run/"+run+"/file/history.jsonl")
		require.Equal(t, http.StatusOK, answer.StatusCode, run)
		require.Equal(t, ended, body)
		answer, _ = get(t, address+"/compare?"+url.Values{"run": {run, run}}.Encode())
		require.Equal(t, http.StatusOK, answer.StatusCode, run)
		require.Equal(t, http.StatusSeeOther, deleteRun(t, address, run, tokenOf(t, address, run)), run)
	}
	_, page = get(t, address+"/?workload=-rf")
	require.Zero(t, rows(page))
}
