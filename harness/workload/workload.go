// Package workload says what clients do with a system and what must be true
// of the outcome: the operations, how a client carries each out, the final
// phase and the check. One file per workload.
package workload

import (
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
)

// A Workload is one test's worth of operations. The engine makes one per run
// and calls Next and Final from one goroutine; Setup and Invoke run
// in the goroutine of a worker, several at a time: what they share, they must guard.
type Workload interface {
	// Setup prepares the system through a client of each node,
	// before the main phase. An error breaks the test.
	Setup(c Client) error
	// Next returns the next operation of the main phase: its F and Value.
	Next() history.Op
	// Invoke carries op out through c and returns the value it completed with.
	// An error decides how op completes; see Complete.
	Invoke(c Client, op history.Op) (value any, err error)
	// Idempotent tells whether repeating the operation f is harmless, so that an
	// attempt of unknown outcome counts as failed: true of reads.
	Idempotent(f string) bool
	// Final returns the operations that each worker does, in order, after the
	// faults have been healed and the system has had time to recover. None
	// means that there is no final phase.
	Final() []history.Op
	// Check judges the whole history.
	Check(h []history.Op) check.Result
}

// A Reactive workload chooses its operations by how earlier ones ended.
type Reactive interface {
	Workload
	// Observe is told of every completion, in the order of the history, by the
	// goroutine that calls Next. Nothing else happens in a process after its Info.
	Observe(done history.Op)
	// FinalScript returns what one worker does in the final phase, in place of Final. It
	// is called once for each worker, when all other operations have completed.
	FinalScript() Script
}

// A PerProcess workload has different operations for different processes.
type PerProcess interface {
	Workload
	// NextFor is Next for an operation that the process is going to carry out.
	NextFor(p history.Process) history.Op
}

// An Impatient workload decides how long its clients wait for a reply; otherwise they wait 5 s.
type Impatient interface {
	Workload
	// Timeout returns that time for a network of the given mean latency.
	Timeout(latency time.Duration) time.Duration
}

// A Costly workload has values of which its Check makes something much larger.
type Costly interface {
	Workload
	// Cost returns roughly how many bytes that is for an event of the history, besides its value and its error.
	Cost(op history.Op) int
}

// A Script decides one operation after the other. It is told how the last one
// completed, the first time a zero Op, and returns the next one and how long to wait
// before it; ok is false at the end. Scripts are called by the goroutine of Next.
type Script func(done history.Op) (next history.Op, pause time.Duration, ok bool)

// FinalScripts returns what each of the workers does in the final phase of w; nil if there
// is no such phase.
func FinalScripts(w Workload, workers int) []Script {
	script := func() Script { return list(w.Final()) }
	if r, ok := w.(Reactive); ok {
		script = r.FinalScript
	} else if len(w.Final()) == 0 {
		return nil
	}
	scripts := make([]Script, workers)
	for i := range scripts {
		scripts[i] = script()
	}
	return scripts
}

// list is the script of operations that are known in advance.
func list(ops []history.Op) Script {
	return func(history.Op) (next history.Op, pause time.Duration, ok bool) {
		if len(ops) == 0 {
			return history.Op{}, 0, false
		}
		next, ops = ops[0], ops[1:]
		return next, 0, true
	}
}

// A Client talks to one node, one request at a time.
type Client interface {
	// Node returns the id of the node that the client talks to.
	Node() string
	// Call sends body, an object with a type, and decodes the reply's body into reply, whose
	// type must be wantType. The errors are *node.RPCError and *UncodedError (the node's error reply), ErrTimeout
	// (no reply in time) and *MalformedReply.
	Call(body any, wantType string, reply any) error
}
