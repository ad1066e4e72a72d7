package node

import (
	"context"
	"errors"
	"time"
)

// A waiter is a goroutine that waits for one thing, be it a task or a goroutine of the user's. Several
// may want to wake it (a reply, a deadline, the end of its context): the one that claims
// it does. A task is woken with the turn: by somebody who holds it and passes it on, or by the turn itself, in whose
// queue it was put. So it runs before anything that came later.
type waiter struct {
	task    *task // nil for a goroutine without a turn
	place   place // where it is called
	claimed bool  // guarded by Node.mu
	late    bool  // its context's deadline woke it; set before it is woken
}

func (n *Node) newWaiter(ctx context.Context) waiter {
	return waiter{task: taskOf(ctx, n), place: place{called: make(chan struct{}, 1)}}
}

// claim decides between those who would wake w: the first gets true.
func (n *Node) claim(w *waiter) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := !w.claimed
	w.claimed = true
	return first
}

// wait waits until w is woken, or until ctx has ended, whose error it then returns.
//
// The deadline of a task's ctx is one of the node's timers, so that tasks whose deadlines are at the same instant
// go on in the order in which they began to wait.
func (n *Node) wait(ctx context.Context, w *waiter) error {
	timed := false
	if w.task != nil {
		var at time.Time
		if at, timed = ctx.Deadline(); timed {
			e := n.timers.after(time.Until(at), func() { n.wake(w, true) })
			defer n.timers.stop(e)
		}
		w.task.pause()
	}
	select {
	case <-w.place.called:
		return w.error()
	case <-ctx.Done():
	}
	if timed && errors.Is(ctx.Err(), context.DeadlineExceeded) || !n.claim(w) {
		<-w.place.called // the timer wakes it, or somebody was faster
		return w.error()
	}
	w.task.resume()
	return ctx.Err()
}

// error says why w, which has been woken, need not wait any longer.
func (w *waiter) error() error {
	if w.late {
		return context.DeadlineExceeded
	}
	return nil
}

// wake claims w and passes the turn, which the caller holds, to its task; late tells that its context has ended. If somebody was
// faster, the turn is released.
func (n *Node) wake(w *waiter, late bool) {
	if n.claim(w) {
		w.late = late
		w.place.called <- struct{}{}
	} else {
		n.turn.release()
	}
}
