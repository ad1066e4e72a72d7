package node

import "sync"

// A turn is the right to run the node's code: its holder runs alone. It is a fair lock, granted in the order of the
// requests, and the goroutine that releases it need not be the one that acquired it.
//
// A task acquires the turn once and releases it once. In between it may pause, any number of times:
//
//	            acquire               release
//	a message ──────────▶  running  ──────────▶  done        read, timers.next: acquire
//	or a timer             │     ▲                           run: release, by Node.yield
//	                 pause │     │ the turn comes back in one of three ways:
//	                       ▼     │
//	                      waiting     1. hand  a condition of Wait holds: the task that is about to release
//	                                           the turn hands it over, past the queue
//	                                  2. wake  a timer is due (Sleep, a deadline): the timer has acquired the
//	                                           turn, and passes it to the task instead of releasing it
//	                                  3. give  a reply has been read: the reader, which does not hold the
//	                                           turn, puts the task into the queue
//
// In each case exactly one party decides (Node.claim), and the task itself asks for nothing. Only a task whose context was
// canceled, or whose function under Blocking has returned, acquires the turn by itself (task.resume).
//
// Waiting is on a channel and never under the mutex: in the virtual time of testing/synctest, time passes only
// while all goroutines wait on such channels.
type turn struct {
	mu          sync.Mutex
	held        bool
	first, last *place // the queue: first come, first served
	free        *place // places to be used again; there are as many as ever waited at once
	passes      int    // how often the turn went from holder to holder since it was last free

	// gap is called after a release that left the turn free, and after every maxPasses releases that did not. It flushes the
	// output; a flush after every release would cost a system call for each message.
	gap func()
}

// maxPasses bounds how long output can wait while the turn goes from holder to holder.
const maxPasses = 64

// A place is a place in the queue of a turn.
type place struct {
	called chan struct{} // holds one signal: the turn is yours
	next   *place
}

// acquire waits until the caller holds the turn.
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

// give lets the turn come to the task that waits at p: at once if the turn is free, otherwise after those in the queue. It does not
// wait.
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

// alone reports whether nobody waits for the caller's turn.
func (t *turn) alone() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first == nil
}

// busy reports whether the turn is held.
func (t *turn) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

// hand passes the caller's turn to the task that waits at p, before those in the queue.
func (t *turn) hand(p *place) {
	t.mu.Lock()
	if t.first == nil {
		t.last = p
	}
	t.first, p.next = p, t.first
	t.mu.Unlock()
	t.release()
}

// release passes the caller's turn to the first in the queue, or leaves it free.
func (t *turn) release() {
	if t.pass() {
		t.gap()
	}
}

// pass is release without the call of gap: it reports whether that is due.
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
