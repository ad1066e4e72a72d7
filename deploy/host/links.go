package host

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"glomers/deploy/wire"
	"glomers/harness/choice"
	"glomers/harness/network"
	"glomers/internal/proc"
)

// links carry the messages that have arrived from other nodes the last step, to the nodes here, with the faults that somebody has asked for: those of the
// simulated network, which is used for them. Its methods may be called concurrently.
type links struct {
	arrived func(m wire.Message, event string, copied bool) // is called, one call at a time, with the fate of each message

	mu       sync.Mutex
	start    time.Time
	net      *network.Network
	underWay map[int64]*carried // by the message's id in net
	alarm    *time.Timer
	closed   bool
}

// A carried message is under way.
type carried struct {
	key    string
	copies int
}

// maxUnderWay is the number of bytes that faults may hold back.
const maxUnderWay = 64 << 20

func newLinks(c Conditions, arrived func(wire.Message, string, bool)) *links {
	l := &links{arrived: arrived, start: time.Now(), underWay: make(map[int64]*carried)}
	l.alarm = time.AfterFunc(time.Hour, l.wake)
	l.net = network.New(network.Config{Latency: c.Latency, Dist: c.Dist, Gate: choice.Seeded(c.Seed).Sub("network"), Journal: l.event})
	return l
}

func (l *links) now() time.Duration { return time.Since(l.start) }

// add takes a message from the wire.
func (l *links) add(m wire.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.net.BytesInFlight() > maxUnderWay {
		l.arrived(m, network.Dropped, false)
		return
	}
	l.net.Add(m.Src, network.Node)
	l.net.Add(m.Dest, network.Node)
	copied := l.net.Duplicated()
	sent, err := l.net.Send(l.now(), m.Src, m.Dest, slices.Clone(m.Line))
	if err != nil {
		return // never: both are known
	}
	l.underWay[sent.ID] = &carried{m.Key, 1 + l.net.Duplicated() - copied}
	l.deliver()
}

// wake delivers what is due.
func (l *links) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.deliver()
	}
}

func (l *links) deliver() {
	for {
		if _, _, ok := l.net.Deliver(l.now()); !ok {
			break
		}
	}
	if due, ok := l.net.NextDue(); ok {
		l.alarm.Reset(max(0, due-l.now()))
	}
}

// event handles the fate of a message.
func (l *links) event(e network.Event) error {
	if e.Kind == network.Sent {
		return nil
	}
	c := l.underWay[e.ID]
	c.copies--
	if c.copies == 0 {
		delete(l.underWay, e.ID)
	}
	l.arrived(wire.Message{Src: e.Src, Dest: e.Dest, Line: e.Body, Key: c.key}, e.Kind, c.copies > 0)
	return nil
}

// impair adds a fault to links, as network.Network's Impair does.
func (l *links) impair(owner string, names []network.Link, im network.Impairment) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range names {
		for _, id := range []string{name.Src, name.Dest} {
			if err := wire.CheckID(id); err != nil {
				return fmt.Errorf("link of %q: %w", id, err)
			}
			l.net.Add(id, network.Node)
		}
	}
	return l.net.Impair(l.now(), owner, names, im)
}

func (l *links) mend(owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.net.Mend(l.now(), owner)
}

func (l *links) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.alarm.Stop()
}

// Conditions are those of a test.
type Conditions struct {
	Test    string        `json:"test"`    // of this test alone
	Latency time.Duration `json:"latency"` // mean latency that is added to messages between nodes, in ns
	Dist    network.Dist  `json:"dist,omitempty"`
	Seed    uint64        `json:"seed"` // of latencies and faults
}

// Begin prepares a test: nodes that are tested get temporary directories, empty ones, and there are no faults. Those of an earlier test are removed.
func (h *Host) Begin(c Conditions) error {
	place, err := proc.NewPlace(h.Env, "")
	if err != nil {
		return fmt.Errorf("host: %w", err)
	}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return errors.New("host: it is closed")
	}
	links, bench := h.links, h.bench
	h.links, h.bench = newLinks(c, h.arrived), place
	h.mu.Unlock()
	links.close()
	return closeBench(bench)
}

// closeBench removes the directories of nodes that were tested.
func closeBench(bench *proc.Place) error {
	if bench == nil {
		return nil
	}
	if err := bench.Close(); err != nil {
		return fmt.Errorf("host: the directories of nodes that were tested: %w", err)
	}
	return nil
}

// Impair adds a fault to links between nodes, until Mend of the same owner. It is in force at the host of each link's receiver, so all hosts should be told.
func (h *Host) Impair(owner string, names []network.Link, im network.Impairment) error {
	if err := h.carriers().impair(owner, names, im); err != nil {
		return fmt.Errorf("host: %w", err)
	}
	return nil
}

// Mend removes all faults by owner.
func (h *Host) Mend(owner string) { h.carriers().mend(owner) }

func (h *Host) carriers() *links {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.links
}

// arrived handles the fate of a message to a node.
func (h *Host) arrived(m wire.Message, event string, copied bool) {
	n, err := h.node(m.Dest)
	switch {
	case event != network.Received:
	case err == nil && n.running():
		n.arrived(m)
	default:
		event = network.Gone
	}
	if m.Key != "" && h.Feed != nil {
		h.Feed(Event{Kind: event, Key: m.Key, Copied: copied})
	}
}
