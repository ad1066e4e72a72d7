// Package workload says what clients do with a system and what must be true
// of the outcome: the operations, how a client carries each out, the final
// phase and the check. One file per workload.
package workload

import (
	"fmt"
	"math/rand/v2"
	"strings"
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

// Options parametrise a workload. The zero value means the defaults of the
// reference harness.
type Options struct {
	Nodes           []string
	Workers         int    // how many clients work at a time; 0 means DefaultWorkers
	Topology        string // of broadcast; see Topologies; "" means grid
	KeyCount        int    // of kafka and transactions: keys in use at a time; 0 means 10
	MaxWritesPerKey int    // of the same: writes of a key before another one takes its place; 0 means 16
	MaxTxnLength    int    // of transactions: micro-operations; 0 means 4
	// ConsistencyModels must hold for transactions; see elle.ParseModel. None means strict-serializable.
	ConsistencyModels []string
	Strict            bool       // of transactions: what the reference does not look at counts too; see elle.Warning
	Rand              *rand.Rand // decides which operations come; nil means that of seed 0
}

// New returns a workload by its name; see Names. An error says what is accepted.
func New(name string, o Options) (Workload, error) {
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(0, 0))
	}
	if o.Workers == 0 {
		o.Workers = DefaultWorkers(name, len(o.Nodes))
	}
	switch name {
	case "broadcast":
		return newBroadcast(o)
	case "echo":
		return &Echo{rand: o.Rand}, nil
	case "g-counter":
		return &Counter{name: name, lowest: 0, rand: o.Rand}, nil
	case "g-set":
		return newGSet(o), nil
	case "kafka":
		return newKafka(o)
	case "lin-kv":
		return newLinKV(o)
	case "lock":
		return newLock(o), nil
	case "pn-counter":
		return &Counter{name: name, lowest: -5, rand: o.Rand}, nil
	case "txn-list-append":
		return newTxnAppend(o)
	case "txn-rw-register":
		return newTxnRegister(o)
	case "unique-ids":
		return UniqueIDs{}, nil
	}
	return nil, fmt.Errorf("workload: no workload %q: want %s", name, strings.Join(Names(), ", "))
}

// Names returns the names of the workloads, in alphabetical order.
func Names() []string {
	return []string{"broadcast", "echo", "g-counter", "g-set", "kafka", "lin-kv", "lock", "pn-counter", "txn-list-append", "txn-rw-register", "unique-ids"}
}

// DefaultWorkers returns how many clients work at a time if nothing else is asked for: one per node, but
// twice as many in lin-kv, the fewest that it can do with.
func DefaultWorkers(name string, nodes int) int {
	if name == "lin-kv" {
		return 2 * nodes
	}
	return nodes
}
