package check

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// LockLease is how long a client that never leaves holds the lock, counted from its request to enter.
const LockLease = 2 * time.Second

// A LockResult says whether two clients held the lock at the same time, and whether every worker could enter in the final
// phase. It is Invalid if two clients held the lock, if fences do not ascend, or if a worker could not enter. It is Unknown
// if there was no final phase, or if a fence is not an integer.
type LockResult struct {
	Valid      Verdict     `json:"valid"`
	Entered    int         `json:"entered"` // the number of sections
	Stuck      int         `json:"stuck"`   // workers that could not enter in the final phase
	Errors     []LockError `json:"errors"`
	Unreadable []int       `json:"unreadable,omitempty"` // the ok enters whose fence is not an integer

	unfinished bool // there was no final phase
}

// A LockError is a pair of sections that contradict each other.
type LockError struct {
	Kind   string      `json:"kind"` // Overlap or FenceOrder
	First  LockSection `json:"first"`
	Second LockSection `json:"second"`
}

// The kinds of LockErrors.
const (
	Overlap    = "overlap"     // both held the lock at the same time
	FenceOrder = "fence-order" // the second held the lock later, but its fence is not higher
)

// A LockSection is a time for which a process certainly held the lock. Times are in ns since the start of the run.
type LockSection struct {
	Process history.Process `json:"process"`
	Node    string          `json:"node,omitempty"` // the node that the process asked
	Op      int             `json:"op"`             // the index of the completion of its enter
	Fence   int64           `json:"fence"`
	Begin   int64           `json:"begin-ns"`
	End     int64           `json:"end-ns"`

	final bool
}

// String names the process and the time of the section.
func (s LockSection) String() string {
	who := history.Op{Process: s.Process, Node: s.Node}.Who()
	return fmt.Sprintf("%s (op %d, fence %d, %.3f to %.3f s)", who, s.Op, s.Fence, float64(s.Begin)/1e9, float64(s.End)/1e9)
}

// Lock checks a history of "enter" operations, which complete with a fence, and "leave" operations.
//
// Safety is judged by sections: times for which a client certainly held the lock. A section begins with the reply to the
// client's enter. It ends when the client asks to leave, or when LockLease has passed since its request to enter. Sections
// must not overlap, and their fences must ascend.
//
// Liveness is judged by the final phase, in which each of the workers must enter once more.
func Lock(h []history.Op, workers int) *LockResult {
	r := &LockResult{Errors: []LockError{}, Stuck: workers}
	r.unfinished = !slices.ContainsFunc(h, func(op history.Op) bool { return op.Final })
	last := LockSection{Fence: -1}
	for _, s := range r.sections(h) {
		r.Entered++
		switch {
		case s.Begin < last.End:
			r.Errors = append(r.Errors, LockError{Overlap, last, s})
		case r.Entered > 1 && s.Fence <= last.Fence:
			r.Errors = append(r.Errors, LockError{FenceOrder, last, s})
		}
		if s.End > last.End {
			last = s
		}
		if s.final {
			r.Stuck = max(0, r.Stuck-1)
		}
	}
	if r.unfinished {
		r.Stuck = 0
	}
	switch {
	case len(r.Errors) > 0 || r.Stuck > 0:
		r.Valid = Invalid
	case len(r.Unreadable) > 0 || r.unfinished:
		r.Valid = Unknown
	}
	return r
}

// sections returns the sections in the order in which they begin. An enter whose reply came after its lease had expired has
// no section.
func (r *LockResult) sections(h []history.Op) []LockSection {
	var all []LockSection
	asked := make(map[history.Process]int64)
	in := make(map[history.Process]int) // the position in all
	for _, op := range h {
		switch {
		case op.Type == history.Invoke:
			if i, found := in[op.Process]; found {
				all[i].End = min(all[i].End, op.Time)
				delete(in, op.Process)
			}
			asked[op.Process] = op.Time
		case op.Type == history.OK && op.F == "enter":
			fence, err := strconv.ParseInt(string(op.Value), 10, 64)
			if err != nil {
				r.Unreadable = append(r.Unreadable, op.Index)
				continue
			}
			s := LockSection{op.Process, op.Node, op.Index, fence, op.Time, asked[op.Process] + int64(LockLease), op.Final}
			if s.Begin < s.End {
				in[op.Process] = len(all)
				all = append(all, s)
			}
		}
	}
	return all
}

// Verdict implements Result.
func (r *LockResult) Verdict() Verdict { return r.Valid }

// Reasons implements Result.
func (r *LockResult) Reasons() []string {
	all := reason.List(r.Errors, func(e LockError) string {
		if e.Kind == Overlap {
			return fmt.Sprintf("%v and %v had the lock at the same time", e.First, e.Second)
		}
		return fmt.Sprintf("%v had the lock after %v, with a fence that is not higher", e.Second, e.First)
	})
	if r.Stuck > 0 {
		all = append(all, wording.Plural(r.Stuck, "worker")+" could not enter in the final phase, though all faults were healed")
	}
	if len(r.Unreadable) > 0 {
		all = append(all, fmt.Sprintf("the fence of op %d is not an integer below 2^63, so it is not known how long the lock was held (%s of that kind)",
			r.Unreadable[0], wording.Plural(len(r.Unreadable), "operation")))
	}
	if r.unfinished {
		all = append(all, "there was no final phase, so it is not known whether everybody can enter again")
	}
	return all
}
