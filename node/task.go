package node

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// A task is one call of a typed handler, of a timer's function, or of a function given to Go. It holds the
// node's turn whenever it runs. The task is also the context that the function gets: by it, Call, Sleep and
// the other functions that wait find the turn to give away.
type task struct {
	context.Context // ends with the node
	n               *Node
	e               envelope // the message that is handled; empty in a timer

	// reads is set if the goroutine is that of the reading loop. Before the task waits, it starts
	// another goroutine that reads on, and clears reads.
	reads bool

	// ended is set when the function has returned. A context that was kept longer has no turn.
	ended atomic.Bool
}

type taskKey struct{}

// Value makes the task findable in contexts derived from it.
func (t *task) Value(key any) any {
	if key == (taskKey{}) {
		return t
	}
	return t.Context.Value(key)
}

// taskOf returns n's task that ctx belongs to. It returns nil for other contexts: their goroutines hold no turn of n.
func taskOf(ctx context.Context, n *Node) *task {
	t, _ := ctx.Value(taskKey{}).(*task)
	if t == nil || t.n != n || t.ended.Load() {
		return nil
	}
	return t
}

// From returns the id of the node or client whose message a handler's ctx belongs to. It is
// empty in functions that handle no message.
func From(ctx context.Context) string {
	if t, _ := ctx.Value(taskKey{}).(*task); t != nil {
		return string(t.e.src)
	}
	return ""
}

// pause gives the turn away, and the reading of input if that was this goroutine's. A nil task has neither.
func (t *task) pause() {
	if t == nil {
		return
	}
	if t.n.conditions.asking {
		panic("node: the condition of a Wait must not wait itself")
	}
	if t.reads {
		t.reads = false
		go t.n.read()
	}
	t.n.yield()
}

// resume waits until the task holds the turn again.
func (t *task) resume() {
	if t != nil {
		t.n.turn.acquire()
	}
}

// run calls f with the task. The caller has counted the task as in flight and acquired the turn; run ends both. It reports
// whether the caller is still the one to read input. Its frame on the stack is how checkStray recognises a holder of the turn.
func (n *Node) run(t *task, f func(t *task)) bool {
	defer n.inflight.end()
	f(t)
	t.ended.Store(true)
	n.yield()
	return t.reads
}

// enter calls f, which must not wait, with the turn, from a goroutine that does not have it.
func (n *Node) enter(what string, f func()) {
	n.turn.acquire()
	_ = n.protect(what, func() error { f(); return nil }) // reported by protect
	n.yield()
}

// protect calls f. It reports a panic of f with its stack, and returns it as an error with code Crash.
func (n *Node) protect(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			n.log.Error("panic in "+what, "panic", p, "stack", string(debug.Stack()))
			err = NewRPCError(Crash, fmt.Sprintf("panic: %v", p))
		}
	}()
	return f()
}
