package wire

import (
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Options are those that a connection of a wire needs: what cannot be sent is lost at once, not kept for a time when nobody waits for it any more, and a
// broker that goes away is looked for until it is back.
func Options() []nats.Option {
	return []nats.Option{
		nats.ReconnectBufSize(-1), nats.MaxReconnects(-1), nats.ReconnectWait(100 * time.Millisecond), nats.ReconnectJitter(50*time.Millisecond, 50*time.Millisecond),
		nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2),
	}
}

// Subject returns the subject of a cluster that the parts name, in order.
func Subject(cluster string, parts ...string) string {
	s := "glomers." + cluster
	for _, p := range parts {
		s += "." + p
	}
	return s
}

// A party's queue holds this many messages, and this many bytes.
const (
	maxQueuedMessages = 1 << 16
	maxQueuedBytes    = 32 << 20
)

// NATS returns a wire over a connection, which should have [Options]. Each party is a subject of the cluster. The connection stays open after Close.
func NATS(conn *nats.Conn, cluster string) Wire {
	return &natsWire{conn: conn, cluster: cluster, subscribed: make(map[*nats.Subscription]bool)}
}

type natsWire struct {
	conn    *nats.Conn
	cluster string

	mu         sync.Mutex
	subscribed map[*nats.Subscription]bool
	lost       int64 // at subscriptions that have ended, and at Send
}

// keyHeader is the header of NATS that has a message's key.
const keyHeader = "Glomers-Key"

func (w *natsWire) Send(m Message) error {
	out := nats.Msg{Subject: Subject(w.cluster, "to", m.Dest), Data: m.Line}
	if m.Key != "" {
		out.Header = nats.Header{keyHeader: {m.Key}}
	}
	err := w.conn.PublishMsg(&out)
	if err != nil {
		w.mu.Lock()
		w.lost++
		w.mu.Unlock()
		return fmt.Errorf("wire: a message from %s to %s is lost: %w", m.Src, m.Dest, err)
	}
	return nil
}

func (w *natsWire) Receive(party string, handle func(Message)) (func(), error) {
	s, err := w.conn.Subscribe(Subject(w.cluster, "to", party), func(got *nats.Msg) {
		if m, err := Parse(got.Data); err == nil && m.Dest == party { // everybody who knows the broker can send anything
			m.Key = got.Header.Get(keyHeader)
			handle(m)
		}
	})
	if err == nil {
		err = s.SetPendingLimits(maxQueuedMessages, maxQueuedBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("wire: receive as %s: %w", party, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subscribed[s] = true
	return func() { w.stop(s) }, nil
}

// stop ends a subscription, once.
func (w *natsWire) stop(s *nats.Subscription) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.subscribed[s] {
		delete(w.subscribed, s)
		w.lost += dropped(s)
		_ = s.Unsubscribe() // fails if the connection is closed
	}
}

// dropped returns how many messages s had no room for.
func dropped(s *nats.Subscription) int64 {
	n, err := s.Dropped()
	if err != nil {
		return 0 // the connection is closed
	}
	return int64(n)
}

func (w *natsWire) Lost() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.lost
	for s := range w.subscribed {
		all += dropped(s)
	}
	return all
}

func (w *natsWire) Close() {
	w.mu.Lock()
	all := make([]*nats.Subscription, 0, len(w.subscribed))
	for s := range w.subscribed {
		all = append(all, s)
	}
	w.mu.Unlock()
	for _, s := range all {
		w.stop(s)
	}
	_ = w.conn.FlushTimeout(time.Second)
}
