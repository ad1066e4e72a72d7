package harness

import (
	"errors"
	"fmt"
	"slices"

	"glomers/internal/proc"
	"glomers/internal/wording"
)

// An Attach selects nodes that are debugged. It changes two things for them.
//
// When such a node has been started, the run waits before anything is sent to it, until a debugger is attached to the node or
// until GoOn says so. Then, the clock of the run stands still whenever the node does: no timeout, no fault, no latency and no
// time limit counts that time. It stands still
//
//   - while the run waits for debuggers;
//   - while a debugger stops the node, where the system shows that: on Linux, for debuggers that trace processes (dlv, gdb, lldb);
//   - from the time on at which a request to the node would time out while no such debugger is attached, until the node answers or
//     GoOn says that the request shall time out. So debuggers of all kinds work on all systems, but for these the timeout itself
//     counts, which is 5 s for most workloads. Without anybody to say so (GoOn), requests time out as always.
//
// The clocks of the other nodes go on. While the run's clock stands still, what the other nodes write is not read, so that they
// block after filling their pipes.
type Attach struct {
	Nodes []string // ids; nil means that no node is debugged

	// GoOn lets the run go on with each value. If it is nil or closed, nobody can say so.
	GoOn <-chan struct{}
	// Tell, if not nil, is called whenever the run begins to wait for the user. The goroutine of Run calls it and waits for it.
	Tell func(Standstill)
}

// A Standstill describes what a run waits for.
type Standstill struct {
	Nodes   []NodeProcess
	Overdue bool // a request to the node is not answered; otherwise, the nodes have been started and wait for debuggers
	Sees    bool // a debugger that is attached is seen
	Asks    bool // GoOn can say when to go on
}

// A NodeProcess is a running process of a node.
type NodeProcess struct {
	ID  string
	PID int
}

// check returns an error unless the nodes can be debugged.
func (a Attach) check(t Test) error {
	if len(a.Nodes) == 0 {
		return nil
	}
	if _, ok := t.Program.(*binary); !ok || t.Settle != nil {
		return errors.New("attach: nodes in this process, as in simulations, have no process that a debugger could attach to: want a program that is executed")
	}
	ids := t.nodeIDs()
	for _, id := range a.Nodes {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("attach: there is no node %q: want some of the %s %s … %s", id, wording.Plural(len(ids), "node"), ids[0], ids[len(ids)-1])
		}
	}
	if a.GoOn == nil && !proc.SeesTracing {
		return errNobodyToAsk
	}
	return nil
}

var errNobodyToAsk = errors.New("attach: on this system the harness does not see when a debugger is attached, and there is nobody to say when to go on: " +
	"want a terminal (in Go, Attach.GoOn)")
