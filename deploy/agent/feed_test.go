package agent

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"glomers/deploy/broker"
	"glomers/deploy/host"
	"glomers/deploy/wire"
)

// connector starts a broker, and returns a function that connects to it.
func connector(t *testing.T) func() *nats.Conn {
	s, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Token: "secret"})
	require.NoError(t, err)
	t.Cleanup(s.Shutdown)
	return func() *nats.Conn {
		conn, err := nats.Connect(s.ClientURL(), append(wire.Options(), nats.Token("secret"))...)
		require.NoError(t, err)
		t.Cleanup(conn.Close)
		return conn
	}
}

// heard are the lines of the events that a test has got.
type heard struct {
	mu    sync.Mutex
	lines []string
}

func (h *heard) add(e host.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, string(e.Line))
}

func lines(from, to int) (all []string) {
	for k := from; k < to; k++ {
		all = append(all, fmt.Sprint(k))
	}
	return all
}

func (f *feed) addLines(from, to int) {
	for _, line := range lines(from, to) {
		f.add(host.Event{Kind: host.Line, Line: []byte(line)})
	}
}

func settle(t *testing.T, f *feed) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, f.settle(ctx))
}

// What an agent tells arrives once, and in order, although receipts are lost, and nobody may listen at first.
func TestFeed(t *testing.T) {
	connect := connector(t)
	f := newFeed(connect(), "test")
	defer f.close()
	f.begin("one")
	f.addLines(0, 1000)

	conn := connect()
	// Somebody between them answers only every second time.
	var h heard
	stop, err := Feed(conn, "behind", "one", h.add)
	require.NoError(t, err)
	defer stop()
	k := 0
	_, err = conn.Subscribe(wire.Subject("test", "feed"), func(m *nats.Msg) {
		if k++; k%2 == 0 {
			_ = conn.PublishRequest(wire.Subject("behind", "feed"), m.Reply, m.Data)
		} else {
			_ = conn.Publish(wire.Subject("behind", "feed"), m.Data) // its receipt goes nowhere
		}
	})
	require.NoError(t, err)
	settle(t, f)
	f.addLines(1000, 1100)
	settle(t, f)
	require.Equal(t, lines(0, 1100), h.lines)
	require.Greater(t, k, 2)
}

// Events of a test that was given up do not reach the next one.
func TestFeedOfAnotherTest(t *testing.T) {
	connect := connector(t)
	f := newFeed(connect(), "test")
	defer f.close()
	f.begin("one")
	f.addLines(0, 10)
	require.Eventually(t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.busy
	}, time.Minute, time.Millisecond)
	f.addLines(10, 20)
	f.begin("two")
	var h heard
	stop, err := Feed(connect(), "test", "two", h.add)
	require.NoError(t, err)
	defer stop()
	f.addLines(20, 30)
	settle(t, f)
	require.Equal(t, lines(20, 30), h.lines)
}

// While nobody listens, nodes wait, but not longer than the agent lives; and nobody waits for ever for the end.
func TestFeedWaits(t *testing.T) {
	connect := connector(t)
	f := newFeed(connect(), "test")
	f.addLines(0, 1)
	full := make(chan struct{})
	go func() {
		defer close(full)
		for range 2*maxWaiting/eventCost + 1 {
			f.add(host.Event{Kind: host.Line})
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, f.settle(ctx), context.DeadlineExceeded)
	select {
	case <-full:
		t.Fatal("nobody has received anything, and all has been taken")
	case <-time.After(100 * time.Millisecond):
	}
	f.close()
	<-full
}

// A line that the server would not carry breaks the node, not the feed.
func TestFeedOfLongLines(t *testing.T) {
	connect := connector(t)
	f := newFeed(connect(), "test")
	defer f.close()
	f.begin("one")
	events := make(chan host.Event, 10)
	stop, err := Feed(connect(), "test", "one", func(e host.Event) { events <- e })
	require.NoError(t, err)
	defer stop()
	f.add(host.Event{Kind: host.Line, Line: []byte(strings.Repeat("x", wire.MaxLine))})
	require.Len(t, (<-events).Line, wire.MaxLine)
	f.add(host.Event{Kind: host.Line, Harness: "n1-1", Line: []byte(strings.Repeat("x", 2*wire.MaxLine))})
	e := <-events
	require.Equal(t, host.Broke, e.Kind)
	require.Equal(t, "n1-1", e.Harness)
	require.Contains(t, string(e.Line), "this NATS server carries 1.57 MB at most")
}
