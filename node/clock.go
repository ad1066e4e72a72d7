package node

import (
	"context"
	"math"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A clock is where all time of a node comes from: the operating system or, in virtual time, the harness. docs/virtual-time.md describes
// how the harness tells the time and keeps timers.
type clock struct {
	virtual bool
	ns      atomic.Int64 // of virtual time: since the start of the run, at the latest line

	id atomic.Pointer[string] // the node's, which the node's own lock may guard already where a timer is set

	mu    sync.Mutex
	asked int64       // the msg_id of the latest request to the service clock
	wakes []time.Time // when the service clock will wake the node, the next time last: each was the earliest when it was asked for

	loose inflight // goroutines without the turn that run: handlers of Handle, callbacks, functions of Blocking
}

// clockID is the service that has the time and timers, in virtual time.
const clockID = "clock"

// virtualEpoch is the beginning of virtual time.
var virtualEpoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// inVirtualTime reports whether this process is to take its time from the harness.
func inVirtualTime() bool { return os.Getenv("GLOMERS_CLOCK") == "virtual" }

// now returns the time. Differences of its results are durations of the monotonic clock.
func (c *clock) now() time.Time {
	if c.virtual {
		return virtualEpoch.Add(time.Duration(c.ns.Load()))
	}
	return time.Now()
}

// until returns the time that is left until t.
func (c *clock) until(t time.Time) time.Duration { return t.Sub(c.now()) }

// tell sets the time to that of a line, in ms.
func (c *clock) tell(now []byte) {
	if ms, err := strconv.ParseFloat(string(now), 64); err == nil {
		c.ns.Store(int64(math.Round(ms * 1e6)))
	}
}

// wakeAt asks the service clock to wake the node at t, unless it does so earlier anyway.
func (n *Node) wakeAt(t time.Time) {
	c := &n.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if next := len(c.wakes) - 1; next >= 0 && !t.Before(c.wakes[next]) {
		return
	}
	c.wakes = append(c.wakes, t)
	c.asked++
	ms := strconv.FormatFloat(float64(max(0, c.until(t)))/1e6, 'f', -1, 64)
	n.sendAside(clockID, `{"type":"sleep","ms":`+ms+`,"msg_id":`+strconv.FormatInt(c.asked, 10)+`}`)
}

// woken forgets the wakes that have come.
func (c *clock) woken() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, left := c.now(), len(c.wakes)
	for left > 0 && !now.Before(c.wakes[left-1]) {
		left--
	}
	c.wakes = c.wakes[:left]
}

// fromClock handles a message of the service clock.
func (n *Node) fromClock(e *envelope) {
	if string(e.typ) == "idle" {
		n.awaitRest()
		n.tellExtremes()
		n.sendAside(clockID, `{"type":"idle_ok","in_reply_to":`+strconv.FormatInt(e.msgID, 10)+`}`)
		return
	}
	n.clock.woken()
	n.turn.acquire()  // by the reading goroutine, so that the events are part of what follows from this line
	go n.timers.due() // which may wait for other lines
}

// awaitRest waits until no goroutine of the node has anything to do, as far as the node knows them.
func (n *Node) awaitRest() {
	for {
		if n.clock.loose.running() > 0 {
			<-n.clock.loose.idle()
		}
		n.turn.acquire()
		atRest := n.turn.alone() && n.clock.loose.running() <= 0
		n.turn.release()
		if atRest {
			return
		}
	}
}

// Timeout returns a context that ends after d by the node's clock, like context.WithTimeout, which goes by the clock of the operating
// system and therefore not by virtual time.
func (n *Node) Timeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if !n.clock.virtual {
		return context.WithTimeout(ctx, d)
	}
	inner, cancel := context.WithCancel(ctx)
	l := &limited{Context: inner, at: n.clock.now().Add(d)}
	e := n.timers.after(d, func() {
		l.expired.Store(true)
		cancel()
		n.turn.release()
	})
	return l, func() {
		n.timers.stop(e)
		cancel()
	}
}

// A limited is a context with a deadline of virtual time.
type limited struct {
	context.Context
	at      time.Time
	expired atomic.Bool
}

func (l *limited) Deadline() (time.Time, bool) {
	if at, ok := l.Context.Deadline(); ok && at.Before(l.at) {
		return at, true
	}
	return l.at, true
}

func (l *limited) Err() error {
	if l.expired.Load() {
		return context.DeadlineExceeded
	}
	return l.Context.Err()
}
