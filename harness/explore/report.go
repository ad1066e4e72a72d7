package explore

import (
	"fmt"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/internal/wording"
)

// A Report says what was explored.
type Report struct {
	Bound      string     // in words
	Executions int        // that were carried out to the end and judged
	Pruned     int        // left early, since the rest had been explored
	States     int        // different ones; 0 for strategies that do not look
	Depth      int        // the most actions of an execution
	Deep       int        // executions that were cut off at Scope.Depth
	Actions    int        // actions of all executions
	Ends       bool       // the strategy ends when the scope is exhausted
	Properties []Property // of the nodes
	Exhausted  bool       // all executions within the bound were explored
	Why        string     // why not
	Elapsed    time.Duration
	Processes  int      // that were needed
	Warnings   []string // about the program, and of an exploration that shows nothing
	Failure    *Failure // the first; nil if there is none
	Err        error    // the scope or a node cannot be explored

	began time.Time
}

// A Failure is an execution that is not valid.
type Failure struct {
	Decisions choice.List
	Reasons   []string
	Execution int           // its number, from 1
	After     time.Duration // of the exploration
	Steps     []Step        // its actions
	Shrunk    int           // decisions other than 0 that it was found with
}

// String returns the report in a few lines.
func (r Report) String() string {
	s := fmt.Sprintf("%s:\n\t%s, %d pruned, ", r.Bound, wording.Plural(r.Executions, "execution"), r.Pruned)
	if r.States > 0 {
		s += fmt.Sprintf("%d states, ", r.States)
	}
	s += fmt.Sprintf("at most %s deep, in %v", wording.Plural(r.Depth, "action"), r.Elapsed.Round(time.Millisecond))
	if never := r.Never(); len(never) > 0 {
		s += "\n\tnever came: " + strings.Join(never, ", ")
	}
	if r.Exhausted {
		s += "\n\texhausted: there are no other executions within this bound"
	} else {
		s += "\n\tnot exhausted: " + r.Why
	}
	for _, w := range r.Warnings {
		s += "\n\twarning: " + w
	}
	return s
}

// String returns the failure with its actions, one to a line.
func (f Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "execution %d fails, after %v. Decisions: %v\n", f.Execution, f.After.Round(time.Millisecond), f.Decisions)
	for _, step := range f.Steps {
		fmt.Fprintf(&b, "%6s  %v\n", step.number(), step)
	}
	for _, reason := range f.Reasons {
		fmt.Fprintf(&b, "\t%s\n", reason)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
