package control

import (
	"encoding/json"
	"time"
)

// A Stepper runs a node of this process one input after the other. The caller has the clock: the node's time goes on only as the
// caller says. One goroutine at a time may call the methods. Each returns when the node is at rest; the node writes nothing
// between two calls.
type Stepper interface {
	// Take lets the node handle a line at a time, which must not decrease.
	Take(line []byte, now time.Duration)
	// Due returns the time of the node's earliest timer; ok is false if it has none.
	Due() (at time.Duration, ok bool)
	// Fire lets the node's earliest timer run, at a time from Due on.
	Fire(now time.Duration)
	// Timers returns the times of all timers, in their order.
	Timers() []time.Duration
	// End ends the node as a kill does: no code of the node runs afterwards, except for deferred functions of those that wait.
	End()
}

// A LocalStepper is the Stepper of a node of this process.
type LocalStepper interface {
	Stepper
	// Do calls f, which lets something happen to the node from outside, such as the end of a write to its Disk.
	Do(f func(), now time.Duration)
}

// Step makes n, a *node.Node that has not run, a node that the caller steps, and lets it send to all nodes from the beginning.
// Its Run must not be called. now is the time until the first call of Take; spawn calls a function in another goroutine.
var Step func(n any, now time.Duration, spawn func(func())) LocalStepper

// Seed seeds the random numbers of n, a *node.Node that is stepped, anew.
var Seed func(n any, seed uint64)

// Shown returns the value that n, a *node.Node that is stepped, shows of its state; nil if it shows nothing.
var Shown func(n any) any

// State returns what n, a *node.Node that is stepped, shows of its state, as JSON; nil if it shows nothing. The error is that of a value
// that is not JSON.
var State func(n any) (json.RawMessage, error)

// Unwritten returns what the store of n, a *node.Node that is stepped, has not given its disk yet, and the messages that wait for that, as
// JSON; nil if there is nothing. The error is that of a message that is not JSON.
var Unwritten func(n any) (json.RawMessage, error)

// Text returns the state of the machine that n, a *node.Node that is stepped, drives, in the machine's words; "" if it has none.
var Text func(n any) string
