package harness

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"glomers/harness/history"
)

// A post is an event that another goroutine sends to the scheduler.
type post struct {
	at     time.Duration // the time when it was posted
	source int           // the poster: the index of a node; number of nodes + index of a worker; or outside
	event  any           // sent, asked, finished, writing, failed, passed or settled
}

// outside is the source of posts that come from neither a node nor a worker.
const outside = -1

type (
	// sent: a node wrote a message.
	sent struct {
		line
		number int // of the line in the node's output, from 1
	}
	// asked: a worker's client makes a request.
	asked struct {
		client *client
		id     int64 // its msg_id
		body   json.RawMessage
	}
	// finished: a worker has carried out its job. op is the completion; a job of setup only has err.
	finished struct {
		worker *worker
		op     history.Op
		err    error
	}
	// writing: the process that belongs to the port writes to its disk.
	writing struct{ port *Port }
	// failed: the run cannot go on.
	failed struct{ err error }
)

// A mailbox hands posts to the scheduler. Posting never blocks.
type mailbox struct {
	wake chan struct{} // one slot, filled when posts is not empty

	maxMessages int     // the most sent events that may wait; more are a flood
	memory      *memory // counts their bodies

	mu       sync.Mutex
	taken    sync.Cond // signalled when posts have been taken, when held changes, and at close
	posts    []post
	messages int // the number of sent and passed events in posts
	bytes    int // the size of their bodies, plus messageCost for each
	flooded  bool
	held     bool // the clock is held
	closed   bool
}

// An audience says whether the output of a node is read even while the clock is held: that of a node that is debugged, as its
// answer may be what everybody waits for, and that of a node that has ended, so that its end is reported.
// The mailbox's mu guards it.
type audience struct{ always bool }

func newMailbox(maxMessages int, memory *memory) *mailbox {
	m := &mailbox{wake: make(chan struct{}, 1), maxMessages: maxMessages, memory: memory}
	m.taken.L = &m.mu
	return m
}

// awaitRoom waits until messages take only a small part of the mailbox's room and, unless the reader is always heard, until the
// clock is not held; or until the mailbox is closed. Readers of a process's output call it, so that a process that writes faster
// than the scheduler works is blocked by its full pipe, as in the reference, and so that nodes cannot pile up messages during a
// hold of any length.
func (m *mailbox) awaitRoom(a *audience) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for !m.closed && (m.held && !a.always || m.messages > m.maxMessages/100 || int64(m.bytes) > m.memory.limit/10) {
		m.taken.Wait()
	}
}

// hold says whether the clock is held.
func (m *mailbox) hold(held bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = held
	m.taken.Broadcast()
}

// always makes a reader be heard from now on.
func (m *mailbox) always(a *audience) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a.always = true
	m.taken.Broadcast()
}

// put adds p and reports whether the mailbox accepted it. A full mailbox refuses messages of nodes, and a closed one refuses everything.
func (m *mailbox) put(p post) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	if size, waits := p.size(); size > 0 {
		fits := m.memory.add(posted, size)
		if !waits && (m.messages >= m.maxMessages || !fits) {
			m.memory.add(posted, -size)
			m.flooded = true
			m.signal()
			return false
		}
		m.messages++
		m.bytes += size
	}
	m.posts = append(m.posts, p)
	m.signal()
	return true
}

// size returns the bytes that a message takes, and whether who posts it has waited for room; it is 0 for all other events.
func (p post) size() (bytes int, waits bool) {
	switch e := p.event.(type) {
	case sent:
		return len(e.body) + messageCost, false
	case passed:
		return len(e.Body) + messageCost, true
	}
	return 0, false
}

func (m *mailbox) signal() {
	select {
	case m.wake <- struct{}{}:
	default: // the scheduler is being woken already
	}
}

// take returns all posts, in the order in which they came. flooded reports whether the mailbox has refused messages because it
// was full. The mailbox reuses spare for new posts.
func (m *mailbox) take(spare []post) (posts []post, flooded bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	posts = m.posts
	m.memory.add(posted, -m.bytes)
	m.posts, m.messages, m.bytes = spare[:0], 0, 0
	m.taken.Broadcast()
	return posts, m.flooded
}

// empty reports whether there are no posts.
func (m *mailbox) empty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.posts) == 0
}

// close makes the mailbox refuse all posts, and returns the posts that have not been taken.
func (m *mailbox) close() []post {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.taken.Broadcast()
	posts := m.posts
	m.posts = nil
	return posts
}

// sortPosts sorts posts of the same instant of virtual time into an order that does not depend on the scheduling of goroutines:
// by source; for each source, messages before other events; messages by destination. Messages of one source to one destination
// keep their order.
func sortPosts(posts []post) {
	slices.SortStableFunc(posts, func(a, b post) int {
		if c := cmp.Compare(a.source, b.source); c != 0 {
			return c
		}
		x, aSent := a.event.(sent)
		y, bSent := b.event.(sent)
		switch {
		case aSent && bSent:
			return cmp.Compare(x.dest, y.dest)
		case aSent:
			return -1
		case bSent:
			return 1
		}
		return 0
	})
}
