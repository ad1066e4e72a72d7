package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/host"
	"glomers/deploy/wire"
	"glomers/internal/wording"
)

// A feed sends the events of an agent's nodes to the harness that tests them: each once, and in order. A batch is sent again until its receipt has come, so a
// server that goes away for a while loses nothing. While too much waits, the nodes wait.
type feed struct {
	conn    *nats.Conn
	subject string
	source  string

	mu      sync.Mutex
	changed sync.Cond // signalled when events come or have been sent, and at close
	test    string
	events  []host.Event
	bytes   int
	number  uint64 // of the last batch
	busy    bool   // a batch is on its way
	closed  bool
	done    chan struct{}
}

// A batch is a part of a feed.
type batch struct {
	Test   string       `json:"test"`   // host.Conditions.Test
	Source string       `json:"source"` // of one run of an agent
	Number uint64       `json:"number"` // 1, 2, 3, …
	Events []host.Event `json:"events"`
}

// The size of a batch, if it has more than one event, and of what may wait, in bytes.
const (
	maxBatch   = 1 << 18
	maxWaiting = 16 << 20
	eventCost  = 512
)

func newFeed(conn *nats.Conn, cluster string) *feed {
	f := &feed{conn: conn, subject: wire.Subject(cluster, "feed"), source: rand.Text(), done: make(chan struct{})}
	f.changed.L = &f.mu
	go f.run()
	return f
}

// begin forgets the events of an earlier test that nobody has received.
func (f *feed) begin(test string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.test, f.events, f.bytes = test, nil, 0
	f.changed.Broadcast()
}

// add adds an event. It waits while too much waits, until the feed is closed.
func (f *feed) add(e host.Event) {
	if most := f.conn.MaxPayload()*3/4 - eventCost; int64(len(e.Line)) > most { // 3/4: JSON has bytes as base64
		e = host.Event{Kind: host.Broke, Harness: e.Harness, Line: fmt.Appendf(nil, "wrote a line of %s: this NATS server carries %s at most", wording.Bytes(len(e.Line)), wording.Bytes(int(most)))}
	}
	e.Line = append([]byte{}, e.Line...)
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.bytes > maxWaiting && !f.closed {
		f.changed.Wait()
	}
	if f.closed {
		return
	}
	f.events = append(f.events, e)
	f.bytes += len(e.Line) + eventCost
	f.changed.Broadcast()
}

// run sends batches until the feed is closed.
func (f *feed) run() {
	defer close(f.done)
	for {
		b, ok := f.take()
		if !ok {
			return
		}
		data, err := json.Marshal(b)
		for err == nil && !f.send(data) {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// take waits for the next batch; ok is false when the feed is closed.
func (f *feed) take() (b batch, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy {
		f.busy = false
		f.changed.Broadcast()
	}
	for len(f.events) == 0 && !f.closed {
		f.changed.Wait()
	}
	if f.closed {
		return batch{}, false
	}
	size, n := 0, 0
	for n < len(f.events) && (n == 0 || size < maxBatch) {
		size += len(f.events[n].Line) + eventCost
		n++
	}
	f.number++
	f.busy = true
	b = batch{f.test, f.source, f.number, f.events[:n]}
	f.events = f.events[n:]
	f.bytes -= size
	f.changed.Broadcast()
	return b, true
}

// send sends a batch, and reports whether its receipt has come, or the feed is closed.
func (f *feed) send(data []byte) bool {
	f.mu.Lock()
	closed := f.closed
	f.mu.Unlock()
	if closed {
		return true
	}
	_, err := f.conn.Request(f.subject, data, 2*time.Second)
	return err == nil
}

// settle waits until all events up to now have been received.
func (f *feed) settle(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.changed.Broadcast()
	})()
	f.mu.Lock()
	defer f.mu.Unlock()
	for (len(f.events) > 0 || f.busy) && !f.closed && ctx.Err() == nil {
		f.changed.Wait()
	}
	return context.Cause(ctx)
}

// close ends the feed. What waits is lost.
func (f *feed) close() {
	f.mu.Lock()
	f.closed = true
	f.changed.Broadcast()
	f.mu.Unlock()
	<-f.done
}

// Feed calls handle with the events of a test from all agents of a cluster, those of each agent in order, one at a time, until stop is called. While handle
// waits, the agents wait.
func Feed(conn *nats.Conn, cluster, test string, handle func(e host.Event)) (stop func(), err error) {
	last := make(map[string]uint64)
	s, err := conn.Subscribe(wire.Subject(cluster, "feed"), func(m *nats.Msg) {
		var b batch
		if json.Unmarshal(m.Data, &b) != nil {
			return
		}
		if b.Test == test && b.Number > last[b.Source] { // otherwise it is of an earlier test, or its receipt was lost
			last[b.Source] = b.Number
			for _, e := range b.Events {
				handle(e)
			}
		}
		_ = m.Respond(nil) // the agent sends again what has no receipt
	})
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	return func() { _ = s.Unsubscribe() }, nil // fails if the connection is closed
}
