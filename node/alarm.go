package node

import (
	"context"
	"time"
)

// An Alarm calls a function at a time that can be moved: what a state machine needs that says, after every
// event, when it wants to be called next. Its methods are for functions that have the turn.
type Alarm struct {
	n    *Node
	f    func(ctx context.Context)
	at   time.Time // zero if it is not set
	stop func()    // ends the timer for at
}

// NewAlarm returns an Alarm that is not set. f is called with the node's turn.
func (n *Node) NewAlarm(f func(ctx context.Context)) *Alarm { return &Alarm{n: n, f: f} }

// Set makes the alarm go off at the time at, once, and not at the time that was set before.
func (a *Alarm) Set(at time.Time) {
	if at.Equal(a.at) {
		return
	}
	a.Clear()
	a.at = at
	a.stop = a.n.After(time.Until(at), func(ctx context.Context) {
		a.at = time.Time{}
		a.f(ctx)
	})
}

// Clear takes back what was set.
func (a *Alarm) Clear() {
	if a.stop != nil {
		a.stop()
	}
	a.at = time.Time{}
}
