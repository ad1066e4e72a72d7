package node

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// A waiter is a goroutine that waits for one event. It is a task, or a goroutine of the user's without a turn.
//
// Several events may come at the same time: the reply, the deadline, the end of the context. The first that claims the waiter wakes
// it, and the others leave it alone. A task is woken together with the turn (see turn), so it runs before any message that came
// after its event.
type waiter struct {
	task    *task // nil for a goroutine without a turn
	place   place // its channel is signalled to wake the waiter
	claimed bool  // guarded by Node.mu
	late    bool  // the deadline of the context woke it; set before it is woken
}

func (n *Node) newWaiter(ctx context.Context) waiter {
	return waiter{task: taskOf(ctx, n), place: place{called: make(chan struct{}, 1)}}
}

// claim reports whether the caller is the first that wants to wake w, and therefore has to.
func (n *Node) claim(w *waiter) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := !w.claimed
	w.claimed = true
	return first
}

// wait waits until w is woken, or until ctx ends. Then it returns the error of ctx.
//
// For a task, the deadline of ctx is made one of the node's timers: tasks whose deadlines are at the same instant then
// continue in the order in which they began to wait.
func (n *Node) wait(ctx context.Context, w *waiter) error {
	timed := false
	if w.task != nil {
		var at time.Time
		if at, timed = ctx.Deadline(); timed {
			e := n.timers.after(n.clock.until(at), func() { n.wake(w, true) })
			defer n.timers.stop(e)
		}
		w.task.pause()
	} else {
		n.clock.loose.end()
	}
	select {
	case <-w.place.called:
		n.endWithNode()
		return w.error()
	case <-ctx.Done():
		n.endWithNode()
	}
	if timed && errors.Is(ctx.Err(), context.DeadlineExceeded) || !n.claim(w) {
		<-w.place.called // the timer wakes w, or another event has claimed it
		return w.error()
	}
	if w.task == nil {
		n.clock.loose.begin()
	}
	w.task.resume()
	return ctx.Err()
}

// endWithNode ends the calling goroutine if a Stepper has ended the node, as a process ends with all that it has begun.
func (n *Node) endWithNode() {
	if n.dead.Load() {
		runtime.Goexit()
	}
}

// error returns the result of wait for a waiter that was woken.
func (w *waiter) error() error {
	if w.late {
		return context.DeadlineExceeded
	}
	return nil
}

// wake passes the caller's turn to the task of w. If w has none, or if another event has claimed w, it releases the turn. late means that the
// deadline of the task's context has passed.
func (n *Node) wake(w *waiter, late bool) {
	claimed := n.claim(w)
	if claimed {
		w.late = late
		if w.task == nil {
			n.clock.loose.begin()
		}
		w.place.called <- struct{}{}
	}
	if !claimed || w.task == nil {
		n.turn.release()
	}
}
