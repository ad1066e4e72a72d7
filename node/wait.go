package node

import "context"

// A waiter is a goroutine that waits for one thing, be it a task or a goroutine of the user's. Several
// may want to wake it (a reply, a deadline, the end of its context): the one that claims
// it does. A task is woken with the turn: by somebody who holds it and passes it on, or by the turn itself, in whose
// queue it was put. So it runs before anything that came later.
type waiter struct {
	task    *task // nil for a goroutine without a turn
	place   place // where it is called
	claimed bool  // guarded by Node.mu
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
func (n *Node) wait(ctx context.Context, w *waiter) error {
	w.task.pause()
	select {
	case <-w.place.called:
		return nil
	case <-ctx.Done():
		if n.claim(w) {
			w.task.resume()
			return ctx.Err()
		}
		<-w.place.called // somebody was faster
		return nil
	}
}

// wake claims w and passes the turn, which the caller holds, to its task. If somebody was faster, the turn
// is released.
func (n *Node) wake(w *waiter) {
	if n.claim(w) {
		w.place.called <- struct{}{}
	} else {
		n.turn.release()
	}
}
