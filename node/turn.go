package node

import "sync"

// A turn is the right to run the node's code: whoever holds it runs alone. It is a lock that
// is passed on in the order in which it was asked for, and it may be released by another
// goroutine than the one that acquired it. A task that waits for a reply need not ask for it: whoever has
// the reply gives it a place in the queue.
//
// Waiting is on a channel and never under the mutex, so that a node may
// wait for its turn in the virtual time of testing/synctest.
type turn struct {
	mu          sync.Mutex
	held        bool
	first, last *place // the queue of those who wait, first come first served
	free        *place // to be used again: as many as ever waited at once
	passes      int    // from one to the next since there was a gap

	// gap is called by who releases the turn, when nobody has it, and now and then when it passes from one to the
	// next for a long time. Then is the time to flush: who has the turn may have more to write.
	gap func()
}

// maxPasses is how often the turn passes from one to the next without a gap.
const maxPasses = 64

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
	mine := t.free
	if mine == nil {
		mine = &place{called: make(chan struct{}, 1)}
	} else {
		t.free, mine.next = mine.next, nil
	}
	t.push(mine)
	t.mu.Unlock()
	<-mine.called
	t.mu.Lock()
	mine.next, t.free = t.free, mine
	t.mu.Unlock()
}

// give has the turn go to who waits at p: at once if nobody has it, or else after those who have asked for it. It does not wait.
func (t *turn) give(p *place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		t.push(p)
		return
	}
	t.held = true
	p.called <- struct{}{}
}

// push adds a place to the queue. The caller holds mu.
func (t *turn) push(p *place) {
	if t.first == nil {
		t.first = p
	} else {
		t.last.next = p
	}
	t.last = p
}

// busy reports whether somebody has the turn.
func (t *turn) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

// hand passes the turn to who waits at p, before those in the queue.
func (t *turn) hand(p *place) {
	t.mu.Lock()
	if t.first == nil {
		t.last = p
	}
	t.first, p.next = p, t.first
	t.mu.Unlock()
	t.release()
}

// release passes the turn to the next in the queue, if there is one.
func (t *turn) release() {
	if t.pass() {
		t.gap()
	}
}

// pass does so, and tells whether there is a gap.
func (t *turn) pass() (gap bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.passes++
	if next := t.first; next != nil {
		t.first = next.next
		next.called <- struct{}{}
	} else {
		t.held = false
	}
	gap = !t.held || t.passes == maxPasses
	if gap {
		t.passes = 0
	}
	return gap
}
