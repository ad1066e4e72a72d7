package harness

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"glomers/harness/history"
)

// A post is what another goroutine tells the scheduler.
type post struct {
	at     time.Duration // when it was posted
	source int           // who posted it: a node's index, a worker's after those, or outside
	event  any           // sent, asked, finished or failed
}

// outside is the source of posts that come neither from a node nor from a worker.
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
	// failed: the run cannot go on.
	failed struct{ err error }
)

// A mailbox hands posts to the scheduler. Posting never waits.
type mailbox struct {
	wake chan struct{} // has one slot, filled when posts is not empty

	maxMessages int     // sent events that may wait; what exceeds them is a flood
	memory      *memory // in which their bodies count

	mu       sync.Mutex
	taken    sync.Cond // signalled when posts have been taken, and at close
	posts    []post
	messages int // sent events in posts
	bytes    int // in their bodies, with messageCost for each
	flooded  bool
	closed   bool
}

func newMailbox(maxMessages int, memory *memory) *mailbox {
	m := &mailbox{wake: make(chan struct{}, 1), maxMessages: maxMessages, memory: memory}
	m.taken.L = &m.mu
	return m
}

// awaitRoom returns when little of the mailbox's room is taken by messages, or when it is closed. Whoever reads a process's output
// waits here, so that a process that writes faster than the scheduler works is held up by its full pipe, as in the reference.
func (m *mailbox) awaitRoom() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for !m.closed && (m.messages > m.maxMessages/100 || int64(m.bytes) > m.memory.limit/10) {
		m.taken.Wait()
	}
}

// put adds p. It tells whether the mailbox still takes posts: a message that is too much
// for it is refused, and everything after close.
func (m *mailbox) put(p post) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	if s, ok := p.event.(sent); ok {
		size := len(s.body) + messageCost
		fits := m.memory.add(posted, size)
		if m.messages >= m.maxMessages || !fits {
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

func (m *mailbox) signal() {
	select {
	case m.wake <- struct{}{}:
	default: // the scheduler is being woken already
	}
}

// take returns all posts, in the order in which they came, and whether there were more than the mailbox holds. It takes over
// spare as the room for those to come.
func (m *mailbox) take(spare []post) (posts []post, flooded bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	posts = m.posts
	m.memory.add(posted, -m.bytes)
	m.posts, m.messages, m.bytes = spare[:0], 0, 0
	m.taken.Broadcast()
	return posts, m.flooded
}

// close refuses everything from now on, and returns what has not been taken.
func (m *mailbox) close() []post {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.taken.Broadcast()
	posts := m.posts
	m.posts = nil
	return posts
}

// sortPosts puts posts that were made at the same instant of virtual time into an order that does
// not depend on how the goroutines were scheduled: by source, then by destination, messages before anything else. Posts
// of one source to one destination keep their order.
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
