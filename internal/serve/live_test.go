package serve

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/internal/jstest"
)

// A listener reads server-sent events.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
}

func listen(t *testing.T, address string) *listener {
	t.Helper()
	answer, err := http.Get(address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = answer.Body.Close() })
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	return &listener{t, bufio.NewScanner(answer.Body)}
}

// next returns the next event.
func (l *listener) next() (event, data string) {
	l.t.Helper()
	for l.lines.Scan() && l.lines.Text() != "" {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "event":
			event = value
		case "data":
			data = value
		}
	}
	require.NoError(l.t, l.lines.Err())
	return event, data
}

// until returns the first update that is as wanted.
func (l *listener) until(wanted func(update) bool) {
	l.t.Helper()
	for {
		event, data := l.next()
		require.Equal(l.t, "update", event)
		var u update
		require.NoError(l.t, json.Unmarshal([]byte(data), &u))
		if wanted(u) {
			return
		}
	}
}

// A run is followed as it goes, until it has ended.
func TestEventsOfARunInProgress(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ""})
	release := hold(t, dir)
	f, err := os.OpenFile(filepath.Join(dir, "history.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	defer f.Close()
	write := func(text string) {
		_, err := f.WriteString(text)
		require.NoError(t, err)
	}
	events := listen(t, start(t, store)+"/run/broadcast/"+first+"/events")
	event, data := events.next()
	require.Equal(t, "start", event)
	require.JSONEq(t, `{"limit":20000000000,"width":100000000}`, data)

	write(`{"index":0,"time":1000,"type":"invoke","process":0,"f":"read","value":null}` + "\n")
	events.until(func(u update) bool { return u.Open == 1 })
	write(`{"index":1,"time":3000,"type":"ok","pro`)
	write(`cess":0,"f":"read","value":[]}` + "\n" + `{"index":2,"time":4000,"type":"info","process":"nemesis","f":"start-partition","value":"majority","effect":{"text":"majority"}}` + "\n")
	events.until(func(u update) bool {
		return u.Open == 0 && len(u.Functions) == 1 && u.Functions[0].OK == 1 && len(u.Faults) == 1 && u.Faults[0].About == "majority"
	})
	put(t, store, "broadcast/"+first, map[string]string{"results.json": valid})
	release()
	for event == "start" || event == "update" {
		event, data = events.next()
	}
	require.Equal(t, "end", event)
	require.JSONEq(t, `{"state":"valid"}`, data)
}

// Of a run that was killed, what it has written comes at once.
func TestEventsOfAnInterruptedRun(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ended + "rubbish\n" + `{"index":2,"ti`})
	put(t, store, "broadcast/"+second, map[string]string{"test.json": setup})
	address := start(t, store)
	events := listen(t, address+"/run/broadcast/"+first+"/events")
	_, _ = events.next()
	events.until(func(u update) bool {
		return len(u.Notes) == 1 && strings.HasPrefix(u.Notes[0], "2 lines") && u.Functions[0].OK == 1
	})
	event, data := events.next()
	require.Equal(t, "end", event)
	require.JSONEq(t, `{"state":"interrupted"}`, data)

	answer, _ := get(t, address+"/run/broadcast/"+second+"/events")
	require.Equal(t, http.StatusNotFound, answer.StatusCode, "it has no history")
}

// A history that no page shows in full is read up to the limit, and the page says so. Here most of it is a hole in the file.
func TestEventsOfALongHistory(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ended})
	require.NoError(t, os.Truncate(filepath.Join(dir, "history.jsonl"), history.MaxFile+1))
	events := listen(t, start(t, store)+"/run/broadcast/"+first+"/events")
	_, _ = events.next()
	events.until(func(u update) bool {
		return len(u.Notes) == 1 && strings.HasPrefix(u.Notes[0], "The history is longer than") && u.Functions[0].OK == 1
	})
}

// An event whose value is too long still counts.
func TestWithoutValue(t *testing.T) {
	t.Parallel()
	const head = 4 << 10
	text, err := json.Marshal(history.Op{
		Index: 3, Time: 4, Type: history.OK, Process: 5, Node: "n1", F: "read", Value: json.RawMessage(`"` + strings.Repeat("x", 2*head) + `"`),
	})
	require.NoError(t, err)
	var op history.Op
	require.NoError(t, json.Unmarshal(withoutValue(text[:head]), &op))
	require.Equal(t, history.Op{Index: 3, Time: 4, Type: history.OK, Process: 5, Node: "n1", F: "read"}, op)
	require.Error(t, json.Unmarshal(withoutValue([]byte(`{"f":"xxxxxx`)), &op))
}

// The modules compute what they should: web/test has tests of those that need no page.
func TestJavaScript(t *testing.T) { jstest.Run(t, "web/test/*.test.js") }
