package serve

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/loopback"
)

// serveFor serves a store as the command does, and returns the address and what ends it.
func serveFor(t *testing.T, store string) (address string, end func() error) {
	t.Helper()
	s := newServer(t, store)
	s.interval = time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	ended := false
	end = func() error {
		ended = true
		cancel()
		return <-served
	}
	t.Cleanup(func() {
		if !ended {
			require.NoError(t, end())
		}
	})
	return l.Addr().String(), end
}

// dial opens a connection and writes to it.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // it may be closed already
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	return conn
}

// Whoever opens many connections and says nothing on them, or begins to and does not go on, keeps nobody else from being
// answered, and the server from ending.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	hold(t, put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ended}))
	address, end := serveFor(t, store)
	followed, err := http.Get("http://" + address + "/run/broadcast/" + first + "/events")
	require.NoError(t, err)
	defer followed.Body.Close()
	events := bufio.NewReader(followed.Body)
	_, err = events.ReadString('\n')
	require.NoError(t, err)

	firstOne := dial(t, address, "GET / HTTP/1.1\r\n")
	for i := range 2 * loopback.MaxConnections {
		dial(t, address, []string{"", "GET / HTTP/1.1\r\nHost: " + address + "\r\nX-Slow: "}[i%2])
		if i%50 == 0 {
			ask(t, "http://"+address+"/", http.StatusOK)
		}
	}
	_, err = firstOne.Read(make([]byte, 1))
	require.Error(t, err, "it has waited longest")
	ask(t, "http://"+address+"/", http.StatusOK)
	_, err = events.ReadString('\n')
	require.NoError(t, err, "who is answered stays")
	require.NoError(t, end())
}

// A body that does not come, or that nobody wants, is not waited for.
func TestSlowBodies(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	put(t, store, "broadcast/"+first, finished(valid))
	address, end := serveFor(t, store)
	answer := func(conn net.Conn) *http.Response {
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer
	}
	const head = "Content-Length: 100000\r\n\r\n"
	require.Equal(t, http.StatusBadRequest, answer(dial(t, address, "GET / HTTP/1.1\r\nHost: "+address+"\r\n"+head)).StatusCode)
	dial(t, address, "POST /run/broadcast/"+first+"/delete HTTP/1.1\r\nHost: "+address+"\r\nContent-Type: application/x-www-form-urlencoded\r\n"+head+"token=")
	large := dial(t, address, "GET / HTTP/1.1\r\nHost: "+address+"\r\nX-Large: "+strings.Repeat("x", 80<<10)+"\r\n\r\n")
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer(large).StatusCode)
	ask(t, "http://"+address+"/", http.StatusOK)
	require.NoError(t, end(), "the form has not come, and does not keep the server from ending")
}

// So many can follow runs; who comes too late is told.
func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	hold(t, put(t, store, "broadcast/"+first, map[string]string{"test.json": setup, "history.jsonl": ended}))
	events := start(t, store) + "/run/broadcast/" + first + "/events"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range maxStreams {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, events, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		require.Equal(t, http.StatusOK, answer.StatusCode)
	}
	answer, page := get(t, events)
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	require.Contains(t, page, "Too many pages follow runs")
	cancel()
	require.Eventually(t, func() bool {
		answer, err := http.Get(events)
		require.NoError(t, err)
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, time.Minute, time.Millisecond, "there is room again")
}
