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
	mu          sync.Mutex
	held        bool
	first, last *place // the queue of those who wait, first come first served
	free        *place // to be used again: as many as ever waited at once
}

// A place is one in the queue of a turn.
type place struct {
	called chan struct{} // holds one signal: the turn is yours
	next   *place
}

// acquire waits for the turn.
func (t *turn) acquire() {
	t.mu.Lock()
	if !t.held {
		t.held = true
		t.mu.Unlock()
		return
	}
	mine := t.queue()
	t.mu.Unlock()
	<-mine.called
	t.mu.Lock()
	mine.next, t.free = t.free, mine
	t.mu.Unlock()
}

// queue adds a place to the queue. The caller holds mu.
func (t *turn) queue() *place {
	p := t.free
	if p == nil {
		p = &place{called: make(chan struct{}, 1)}
	} else {
		t.free, p.next = p.next, nil
	}
	if t.first == nil {
		t.first = p
	} else {
		t.last.next = p
	}
	t.last = p
	return p
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
	if t.first == nil {
		t.held = false
		return
	}
	next := t.first
	t.first = next.next
	next.called <- struct{}{}
}
