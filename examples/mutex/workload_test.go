package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// Lock has clients that enter and leave. In the final phase, when all faults are healed, each worker tries to enter
// until it has been in once.
type Lock struct {
	workers int
	fences  map[history.Process]json.RawMessage // of those that are in, for all they know
}

// NewLock is for harness.Test.Custom.
func NewLock(o workload.Options) (workload.Workload, error) {
	return &Lock{workers: o.Workers, fences: make(map[history.Process]json.RawMessage)}, nil
}

// Setup has nothing to prepare.
func (*Lock) Setup(workload.Client) error { return nil }

// Next is not used: what comes next depends on the process.
func (*Lock) Next() history.Op { return history.Op{F: "enter"} }

// NextFor has a process leave if it is in, and enter if it is not.
func (l *Lock) NextFor(p history.Process) history.Op {
	if fence, in := l.fences[p]; in {
		return history.Op{F: "leave", Value: fence}
	}
	return history.Op{F: "enter"}
}

// Observe keeps the fences.
func (l *Lock) Observe(done history.Op) {
	delete(l.fences, done.Process)
	if done.F == "enter" && done.Type == history.OK {
		l.fences[done.Process] = done.Value
	}
}

// Invoke carries an operation out. The value of enter is the fence.
func (*Lock) Invoke(c workload.Client, op history.Op) (any, error) {
	var body json.RawMessage
	if op.F == "leave" {
		return op.Value, c.Call(map[string]any{"type": "leave", "fence": op.Value}, "leave_ok", &body)
	}
	if err := c.Call(map[string]string{"type": "enter"}, "enter_ok", &body); err != nil {
		return nil, err
	}
	var reply struct{ Fence *int64 }
	if err := json.Unmarshal(body, &reply); err != nil || reply.Fence == nil {
		return nil, &workload.MalformedReply{Reply: body, Want: "enter_ok with fence, an integer"}
	}
	return *reply.Fence, nil
}

// Idempotent says that leaving twice does no more than leaving once.
func (*Lock) Idempotent(f string) bool { return f == "leave" }

// Final is not used: see FinalScript.
func (*Lock) Final() []history.Op { return nil }

// FinalScript has a worker enter, up to finalTries times, and leave.
func (l *Lock) FinalScript() workload.Script {
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

const finalTries = 10

// Check judges safety by the sections, the times for which a client certainly had the lock: from when it
// had the reply until it asked to leave, or until a lease had passed since it asked to enter. No two overlap, and their fences
// ascend. And it judges liveness: in the end every worker has been in once more.
func (l *Lock) Check(h []history.Op) check.Result {
	r := &LockResult{Entered: len(sections(h)), Stuck: l.workers}
	last := section{fence: -1}
	for _, s := range sections(h) {
		switch {
		case s.begin < last.end:
			r.Errors = append(r.Errors, fmt.Sprintf("%v and %v were in at the same time", last, s))
		case s.fence <= last.fence:
			r.Errors = append(r.Errors, fmt.Sprintf("%v was in after %v, with a fence that is not higher", s, last))
		}
		if s.end > last.end {
			last = s
		}
		if s.final {
			r.Stuck--
		}
	}
	if len(r.Errors) > 0 || r.Stuck > 0 {
		r.Valid = check.Invalid
	}
	return r
}

// A section is a time for which a process certainly had the lock.
type section struct {
	process    history.Process
	op         int // the index of the enter
	fence      int64
	begin, end int64 // in ns since the start of the run
	final      bool
}

// String says who it was, and when.
func (s section) String() string {
	return fmt.Sprintf("process %s (op %d, fence %d, %.3f to %.3f s)", s.process, s.op, s.fence, float64(s.begin)/1e9, float64(s.end)/1e9)
}

// sections returns them in the order of their beginnings. A client whose reply came too late had none.
func sections(h []history.Op) []section {
	var all []section
	asked := make(map[history.Process]int64)
	in := make(map[history.Process]int) // the position in all
	for _, op := range h {
		switch i, found := in[op.Process]; {
		case op.Type == history.Invoke:
			if found {
				all[i].end = min(all[i].end, op.Time)
				delete(in, op.Process)
			}
			asked[op.Process] = op.Time
		case op.Type == history.OK && op.F == "enter":
			fence, _ := strconv.ParseInt(string(op.Value), 10, 64) // Invoke made it
			s := section{op.Process, op.Index, fence, op.Time, asked[op.Process] + int64(lease), op.Final}
			if s.begin < s.end {
				in[op.Process] = len(all)
				all = append(all, s)
			}
		}
	}
	return all
}

// A LockResult goes to results.json.
type LockResult struct {
	Valid   check.Verdict `json:"valid"`
	Entered int           `json:"entered"` // times that a client was in
	Stuck   int           `json:"stuck"`   // workers that could not enter in the end
	Errors  []string      `json:"errors,omitempty"`
}

// Verdict is that of the whole history.
func (r *LockResult) Verdict() check.Verdict { return r.Valid }

// Reasons says why it is not valid.
func (r *LockResult) Reasons() []string {
	if r.Stuck == 0 {
		return r.Errors
	}
	return append(r.Errors[:len(r.Errors):len(r.Errors)], fmt.Sprintf("%d workers could not enter, though all faults were healed", r.Stuck))
}
