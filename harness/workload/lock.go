package workload

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
)

// Lock lets clients enter and leave a critical section that all nodes guard together. See its Kind.
//
// A client holds the lock from enter_ok until it sends leave, but not longer than [check.LockLease] after it sent enter. The
// fence is a fencing token: each fence is higher than all earlier ones. A node that cannot grant the lock answers with an
// error, such as 11, temporarily unavailable.
//
// A process whose last operation was a successful "enter" does "leave" next; any other process does "enter". In the final phase
// each worker tries up to finalTries times to enter, and then leaves. See [check.Lock] for the properties that must hold.
type Lock struct {
	Base
	workers int
	fences  map[history.Process]json.RawMessage // of the processes whose last operation was a successful enter
}

func lock() Kind {
	return Kind{
		Name: "lock", About: "A lock that all nodes give out together.",
		RPCs: []RPC{
			{
				Request: `{"type":"enter"}`, Reply: `{"type":"enter_ok","fence":17}`,
				About:  "enter asks for the lock. The node may take its time, or answer with an error if it cannot give it.",
				Fields: []Field{{"fence", "integer", "a number that is higher than that of everybody who had the lock before"}},
				Errors: []int{11},
			},
			{
				Request: `{"type":"leave","fence":17}`, Reply: `{"type":"leave_ok"}`,
				About:  "leave gives the lock back. A client that never does so has it until 2 s after it asked for it.",
				Fields: []Field{{"fence", "integer", "that of the enter"}},
				Errors: []int{22},
			},
		},
		Operations: "A client that is in does leave, any other enter. In the final phase, 10 s after the faults, every worker tries up to ten times to enter.",
		Verdict:    "No two clients may have the lock at the same time, later ones must have higher fences, and in the end everybody must be able to enter.",
		Figures: []Figure{
			{"workload/valid", "", `false if two clients had the lock at the same time, if fences do not ascend, or if a worker could not enter in the end; "unknown" without a final phase, or if a fence is not an integer`},
			{"workload/entered", "", "times that a client certainly had the lock"},
			{"workload/stuck", "", "workers that could not enter in the final phase"},
			{"workload/errors", "", "pairs of such times that overlap, or whose fences do not ascend"},
			{"workload/unreadable", "", "the enters whose fence is not an integer"},
		},
		Make: func(c Config) (Workload, error) {
			return &Lock{workers: c.Workers, fences: make(map[history.Process]json.RawMessage)}, nil
		},
		Functions: []string{"enter", "leave"},
		Argument:  argumentOf("leave"),
	}
}

// finalTries is the maximal number of times that a worker tries to enter in the final phase.
const finalTries = 10

type leaveRequest struct {
	Type  string          `json:"type"`
	Fence json.RawMessage `json:"fence"`
}

// Next returns an enter, the operation of a process that does not hold the lock.
func (*Lock) Next() history.Op { return history.Op{F: "enter"} }

// NextFor returns a leave for a process that has entered, and an enter for any other process.
func (l *Lock) NextFor(p history.Process) history.Op {
	if fence, in := l.fences[p]; in {
		return history.Op{F: "leave", Value: fence}
	}
	return l.Next()
}

// Observe records the fences of successful enters.
func (l *Lock) Observe(done history.Op) {
	delete(l.fences, done.Process)
	if done.F == "enter" && done.Type == history.OK {
		l.fences[done.Process] = done.Value
	}
}

// Invoke returns the fence, of an enter and of a leave.
func (*Lock) Invoke(c Client, op history.Op) (any, error) {
	switch op.F {
	case "enter":
		return callFor(c, request{"enter"}, "enter_ok", "fence", "an integer below 2^63", int64Value)
	case "leave":
		return op.Value, call(c, leaveRequest{"leave", op.Value}, "leave_ok")
	}
	return nil, fmt.Errorf("workload: lock has no operation %q", op.F)
}

// int64Value accepts an integer of 64 bits.
func int64Value(value json.RawMessage) bool {
	_, err := strconv.ParseInt(string(value), 10, 64)
	return err == nil
}

// Idempotent is true for leave: leaving twice has the same effect as leaving once.
func (*Lock) Idempotent(f string) bool { return f == "leave" }

// FinalScript returns a script that tries to enter, up to finalTries times, and then leaves.
func (*Lock) FinalScript() Script {
	tries := 0
	return func(done history.Op) (history.Op, time.Duration, bool) {
		switch {
		case done.F == "enter" && done.Type == history.OK:
			return history.Op{F: "leave", Value: done.Value}, 0, true
		case done.F == "leave" || tries == finalTries:
			return history.Op{}, 0, false
		}
		tries++
		return history.Op{F: "enter"}, 0, true
	}
}

// Check looks for two clients that held the lock at the same time, and for workers that could not enter in the final phase.
func (l *Lock) Check(h []history.Op) check.Result { return check.Lock(h, l.workers) }
