package node

import "sync"

// A turn is the right to run the node's code: whoever holds it runs alone. It is a lock that
// is passed on in the order in which it was asked for, and it may be released by another
// goroutine than the one that acquired it, which is how a waiting call gets it
// together with its reply.
//
// Waiting is on a channel and never under the mutex, so that a node may
// wait for its turn in the virtual time of testing/synctest.
type turn struct {
	mu    sync.Mutex
	held  bool
	queue []chan struct{} // those who wait, first come first served
}

// acquire waits for the turn.
func (t *turn) acquire() {
	t.mu.Lock()
	if !t.held {
		t.held = true
		t.mu.Unlock()
		return
	}
	mine := make(chan struct{})
	t.queue = append(t.queue, mine)
	t.mu.Unlock()
	<-mine
}

// busy reports whether somebody has the turn.
func (t *turn) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

// release passes the turn to the next in the queue, if there is one.
func (t *turn) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.held = false
		return
	}
	next := t.queue[0]
	t.queue = t.queue[1:]
	close(next)
}
