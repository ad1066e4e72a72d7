package node

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// A task is one run of a typed handler, a timer's function, or a function given to Go. It holds the
// node's turn whenever it runs. It is also the context that the function gets,
// which is how Call, Sleep and the others know whose turn to give away while they wait.
type task struct {
	context.Context // ends with the node
	n               *Node
	e               envelope // the message that is handled; empty in a timer

	// reads tells that the goroutine came from the reading loop and goes back to it.
	// A task that waits hands the reading to a new goroutine and clears it.
	reads bool

	// ended tells that the function has returned: whoever kept the context has no turn.
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

// taskOf returns n's task that ctx belongs to, or nil: then the caller is a goroutine of its own,
// which holds no turn.
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

// pause gives up the turn, and the reading if the task had it. A nil task has neither.
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

// resume waits for the turn.
func (t *task) resume() {
	if t != nil {
		t.n.turn.acquire()
	}
}

// run, by whose frame checkStray knows who has the turn, calls f with a task that is in flight: the caller has counted it and acquired the turn, run ends both. It
// tells whether the caller still has the reading.
func (n *Node) run(t *task, f func(t *task)) bool {
	defer n.inflight.end()
	f(t)
	t.ended.Store(true)
	n.yield()
	return t.reads
}

// protect calls f and turns a panic into an error with code Crash, after reporting it with its stack.
func (n *Node) protect(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			n.log.Error("panic in "+what, "panic", p, "stack", string(debug.Stack()))
			err = NewRPCError(Crash, fmt.Sprintf("panic: %v", p))
		}
	}()
	return f()
}
