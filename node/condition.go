package node

import (
	"context"
	"errors"
	"slices"
)

// conditions are those that tasks wait for with Wait. They are read and written with the turn only.
type conditions struct {
	waiting []*condition // in the order in which they began to wait
	asking  bool         // a condition is being evaluated
}

// A condition is that of one task.
type condition struct {
	waiter
	holds func() bool
}

// Wait waits until cond holds, and gives the turn to others meanwhile. When it returns nil, cond holds. If ctx ends first,
// Wait returns its error; context.WithTimeout limits the wait.
//
// cond depends on state that only functions with the turn change. It is evaluated at the beginning, and whenever such a
// function gives the turn away by returning or by waiting. If the conditions of several tasks hold then, the task that has
// waited longest continues at once, before any other function. cond must return quickly, change nothing and not wait.
//
// ctx is the context of a typed handler or of a timer's function, or derived from it. A goroutine without a turn cannot wait for a
// condition: there, Wait returns an error.
func (n *Node) Wait(ctx context.Context, cond func() bool) error {
	c := &condition{holds: cond}
	for {
		c.waiter = n.newWaiter(ctx)
		if c.task == nil {
			return errors.New("node: Wait needs the ctx that a typed handler or a timer got: its condition is about what the turn guards")
		}
		if n.conditions.evaluate(cond) {
			return nil
		}
		n.conditions.waiting = append(n.conditions.waiting, c)
		err := n.wait(ctx, &c.waiter)
		n.conditions.remove(c)
		if err != nil {
			return err
		}
		// Either cond holds, or it panicked when another task evaluated it. Then it panics again, in its own task.
	}
}

// evaluate calls holds.
func (cs *conditions) evaluate(holds func() bool) bool {
	cs.asking = true
	defer func() { cs.asking = false }()
	return holds()
}

// met returns the index of the first condition from an index on that holds or panics; -1 if none does.
func (cs *conditions) met(from int) (i int) {
	cs.asking = true
	defer func() { // one for all of them: there may be hundreds
		cs.asking = false
		_ = recover() // leaves i at the condition that panicked
	}()
	for i = from; i < len(cs.waiting); i++ {
		if cs.waiting[i].holds() {
			return i
		}
	}
	return -1
}

// remove takes c out of those that wait, if it is still among them.
func (cs *conditions) remove(c *condition) {
	if i := slices.Index(cs.waiting, c); i >= 0 {
		cs.waiting = slices.Delete(cs.waiting, i, i+1)
	}
}

// yield gives the caller's turn away: to the task that has waited longest for a condition that holds now, or else to the first in
// the queue.
func (n *Node) yield() {
	cs := &n.conditions
	for i := cs.met(0); i >= 0; i = cs.met(i + 1) {
		if c := cs.waiting[i]; n.claim(&c.waiter) { // a task whose context's end has claimed it leaves the list by itself
			cs.remove(c)
			n.turn.hand(&c.place)
			return
		}
	}
	n.turn.release()
}
