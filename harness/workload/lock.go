package workload

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
)

// Lock has clients enter and leave a critical section that all nodes guard together. Its RPCs are
//
//	enter → enter_ok {fence: integer}
//	leave {fence: integer} → leave_ok
//
// A client has the lock from enter_ok until it sends leave, or until [check.LockLease] has passed since it sent enter. The
// fence is a fencing token: each is higher than all before it. A node that cannot give the lock answers with an error, such
// as 11, temporarily unavailable.
//
// A process whose last operation was a successful "enter" does "leave" next, and any other process "enter". In the final phase
// each worker tries up to finalTries times to enter, and leaves. See [check.Lock] for what must be true.
type Lock struct {
	workers int
	fences  map[history.Process]json.RawMessage // of the processes that are in, for all they know
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

// finalTries is how often a worker tries to enter in the final phase.
const finalTries = 10

type leaveRequest struct {
	Type  string          `json:"type"`
	Fence json.RawMessage `json:"fence"`
}

// Setup does nothing.
func (*Lock) Setup(Client) error { return nil }

// Next returns what a process does that is not in.
func (*Lock) Next() history.Op { return history.Op{F: "enter"} }

// NextFor has a process leave if it is in, and enter if it is not.
func (l *Lock) NextFor(p history.Process) history.Op {
	if fence, in := l.fences[p]; in {
		return history.Op{F: "leave", Value: fence}
	}
	return l.Next()
}

// Observe keeps the fences.
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

// Idempotent says that leaving twice does no more than leaving once.
func (*Lock) Idempotent(f string) bool { return f == "leave" }

// Final returns nothing: see FinalScript.
func (*Lock) Final() []history.Op { return nil }

// FinalScript has a worker enter, up to finalTries times, and leave.
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

// Check looks for two clients that had the lock at the same time, and for workers that cannot enter any more.
func (l *Lock) Check(h []history.Op) check.Result { return check.Lock(h, l.workers) }
