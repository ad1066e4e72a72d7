package harness

import (
	"sync/atomic"
	"time"
)

// A clock is the clock of a run: the time since the start, less the periods in which it was held. Every time of the engine comes
// from it, so that while it is held nothing becomes due: no timer, no message, no timeout.
//
// Any goroutine may read it. Only the scheduler's goroutine, which acts on what is due, holds and releases it, so that for the
// scheduler the time never decreases. Another goroutine that reads the clock at the moment at which it is held may get a time
// that is a little later.
type clock struct {
	start time.Time
	state atomic.Pointer[clockState] // nil until the clock is held for the first time
}

// A clockState is how a clock differs from the time since its start. It is never changed.
type clockState struct {
	standing bool
	at       time.Duration // the time at which the clock stands, if it does
	lost     time.Duration // the total time for which it was held earlier
}

func (c *clock) now() time.Duration {
	s := c.state.Load()
	switch {
	case s == nil:
		return time.Since(c.start)
	case s.standing:
		return s.at
	}
	return time.Since(c.start) - s.lost
}

// standing reports whether the clock is held.
func (c *clock) standing() bool {
	s := c.state.Load()
	return s != nil && s.standing
}

// hold makes the clock stand at the time at. The clock must not be held.
func (c *clock) hold(at time.Duration) {
	c.state.Store(&clockState{standing: true, at: at, lost: c.lost()})
}

// release lets the clock go on from where it stands.
func (c *clock) release() { c.state.Store(&clockState{lost: c.lost()}) }

// advance makes a clock that is held stand at a later time.
func (c *clock) advance(to time.Duration) { c.state.Store(&clockState{standing: true, at: to}) }

// lost returns the total time for which the clock was held, up to now.
func (c *clock) lost() time.Duration {
	s := c.state.Load()
	switch {
	case s == nil:
		return 0
	case s.standing:
		return time.Since(c.start) - s.at
	}
	return s.lost
}
