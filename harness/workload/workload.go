// Package workload defines the workloads. A workload consists of the operations of clients, the way in which a client carries out
// each operation, the final phase, and the check of the outcome. Each workload has its own file.
package workload

import (
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
)

// A Workload generates, carries out and checks the operations of one run. The engine calls Next and Final from one goroutine.
// Setup and Invoke are called concurrently by the goroutines of workers, so they must guard data that they share.
type Workload interface {
	// Setup prepares the system before the main phase. It is called once for each node, with a client of that node. An error
	// breaks the test.
	Setup(c Client) error
	// Next returns the next operation of the main phase, with F and Value set.
	Next() history.Op
	// Invoke carries out op through c and returns the value of its completion. An error decides how op completes; see Complete.
	Invoke(c Client, op history.Op) (value any, err error)
	// Idempotent reports whether repeating the operation f is harmless, as it is for reads. An attempt of unknown outcome then
	// counts as failed.
	Idempotent(f string) bool
	// Final returns the operations that each worker carries out, in order, after the faults have been healed and the system has
	// had time to recover. If it returns none, there is no final phase.
	Final() []history.Op
	// Check judges the whole history.
	Check(h []history.Op) check.Result
}

// Base is for workloads to embed. It has defaults of some methods: no setup, no idempotent operations and no final phase.
type Base struct{}

// Setup implements Workload, as do the following methods.
func (Base) Setup(Client) error { return nil }

// Idempotent is false.
func (Base) Idempotent(string) bool { return false }

// Final returns nothing.
func (Base) Final() []history.Op { return nil }

// A Reactive workload chooses its operations depending on the completions of earlier ones.
type Reactive interface {
	Workload
	// Observe is called with every completion, in the order of the history, by the goroutine that calls Next. A process has no
	// more operations after one that completed as info.
	Observe(done history.Op)
	// FinalScript returns the script of one worker for the final phase, in place of Final. It is called once for each worker,
	// when all operations of the main phase have completed.
	FinalScript() Script
}

// A PerProcess workload has different operations for different processes.
type PerProcess interface {
	Workload
	// NextFor replaces Next. It returns the next operation of process p.
	NextFor(p history.Process) history.Op
}

// An Impatient workload sets the timeout of its clients' requests. For other workloads the timeout is 5 s.
type Impatient interface {
	Workload
	// Timeout returns the timeout for a network with this mean latency.
	Timeout(latency time.Duration) time.Duration
}

// A Costly workload has a Check that needs much more memory than the values in the history.
type Costly interface {
	Workload
	// Cost returns the approximate number of bytes that Check needs for an event of the history, besides its value and error.
	Cost(op history.Op) int
}

// A Script decides one operation after another. It gets the completion of the last operation (at the first call, a zero Op) and
// returns the next operation and the pause before it; ok is false at the end. Scripts are called by the goroutine that calls
// Next.
type Script func(done history.Op) (next history.Op, pause time.Duration, ok bool)

// FinalScripts returns the script of each worker for the final phase of w; nil if w has no final phase.
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

// list returns a script of fixed operations.
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
	// Call sends body, an object with a type, and decodes the body of the reply into reply. The type of the reply must be
	// wantType. The errors are *node.RPCError and *UncodedError (the node sent an error reply), ErrTimeout (no reply in time) and
	// *MalformedReply.
	Call(body any, wantType string, reply any) error
}
