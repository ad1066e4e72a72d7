package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
)

// A chooser returns the number of the option to carry out, or -1 to leave the execution. The first ready options are no faults. At the end
// of the explored part there are no options.
type chooser func(w *world, options []option, ready int) int

// errLeft is the reason of an execution that a chooser has left.
var errLeft = errors.New("explore: left")

// An outcome is that of one execution.
type outcome struct {
	decisions choice.List
	depth     int      // actions
	deep      bool     // it was cut off at the bound of its depth
	reasons   []string // why it is not valid
	worked    bool     // an operation of the explored part has succeeded
	err       error    // it could not be carried out, or errLeft
}

// execute carries out one execution. setup, if not nil, is called with the world before anything happens; prefix decides first,
// then choose. An execution that is not valid has ten times as long to recover, in a second try, which decides: the nodes may only need
// more time.
func (p *plan) execute(setup func(*world), prefix choice.List, choose chooser) outcome {
	x := &execution{plan: p, prefix: prefix, choose: choose}
	x.run(setup, p.Recovery)
	if x.err != nil || len(x.reasons) == 0 {
		return x.outcome
	}
	again := &execution{plan: p, prefix: x.decisions, choose: canonical}
	again.run(setup, 10*p.Recovery)
	return again.outcome
}

// canonical chooses the first option.
func canonical(*world, []option, int) int { return 0 }

// An execution is in the making.
type execution struct {
	*plan
	prefix choice.List
	choose chooser
	world  *world
	final  bool // the explored part has ended
	looker *looker
	until  func(w *world) bool // whether all faults end now; nil if they end when there is nothing else to do
	outcome
}

func (x *execution) run(setup func(*world), recovery time.Duration) {
	x.seen.next()
	x.begin()
	w := x.world
	defer w.close()
	if setup != nil {
		setup(w)
	}
	if w.err == nil {
		w.prepare()
	}
	w.decide = func(n int) int { return x.next(w.picks(n), n) }
	for x.goesOn() && x.act() {
	}
	x.depth, x.final = w.steps, true
	if x.goesOn() && w.goal == nil {
		w.finish(recovery)
	}
	if w.err != nil {
		x.err = &ExecutionError{x.decisions.Trim(), w.err}
	}
	if x.err == nil {
		x.reasons = w.judge()
		x.worked = slices.ContainsFunc(w.history, func(op history.Op) bool { return op.Type == history.OK && !op.Final })
	}
}

// begin makes the world.
func (x *execution) begin() {
	var first [3]int // what is decided before anything happens
	for i, n := range x.beginnings() {
		if n > 1 {
			first[i] = x.ask(n, func() int { return 0 })
		}
	}
	x.looker.begun(x, first)
	x.world = newWorld(x.plan, x.crew, x.Seed+uint64(first[0]))
	x.world.eager = first[1] == 1
	x.world.leaveOut(first[2])
	if x.goal != nil {
		x.world.goal = newMatcher(*x.goal)
	}
}

// goesOn reports whether nothing has ended the execution early.
func (x *execution) goesOn() bool { return x.err == nil && x.world.err == nil && x.world.broken == "" }

// act carries out the next action of the explored part. It reports whether there was one.
func (x *execution) act() bool {
	w := x.world
	options, ready := w.next()
	x.looker.state(x, options)
	switch {
	case x.until != nil && x.until(w):
		return false
	case ready == 0 && !x.beyond():
		if x.choose(w, nil, 0) < 0 {
			x.err = errLeft
		}
		return false
	case w.steps == x.Depth:
		x.deep = true
		return false
	}
	if k := x.next(options, ready); x.err == nil {
		w.at = len(x.decisions) - 1
		x.looker.acts(w, options, k)
		w.choose(options, ready, k)
		x.looker.acted(x)
	}
	return true
}

// beyond reports whether the execution goes on after its end, as a debugger has decided.
func (x *execution) beyond() bool {
	at := len(x.decisions)
	return x.world.free && at < len(x.prefix) && x.prefix[at] != 0
}

// next decides among options.
func (x *execution) next(options []option, ready int) int {
	return x.ask(len(options), func() int { return x.choose(x.world, options, ready) })
}

// ask returns the next decision, one of n: that of the prefix or, at its end, the result of choose. If choose returns -1, the execution
// ends.
func (x *execution) ask(n int, choose func() int) int {
	if x.err != nil {
		return 0
	}
	at, k := len(x.decisions), 0
	if at < len(x.prefix) {
		k = x.prefix[at]
	} else if k = choose(); k < 0 {
		x.err = errLeft
		return 0
	}
	if k >= n {
		if !x.final { // after another recovery, there may be fewer options
			x.err = fmt.Errorf("explore: decision %d is %d, but there are %d options: the decisions are of another scope, or the nodes are not deterministic", at, k, n)
		}
		k = n - 1
	}
	x.decisions = append(x.decisions, k)
	return k
}

// An ExecutionError is the reason why an execution could not be carried out.
type ExecutionError struct {
	Decisions choice.List // so far
	Err       error
}

// Error implements error.
func (e *ExecutionError) Error() string {
	return fmt.Sprintf("%v\n(decisions: %v)", e.Err, e.Decisions)
}

// Unwrap returns the error without the decisions.
func (e *ExecutionError) Unwrap() error { return e.Err }

// beginnings returns the numbers of options of the decisions before an execution: the seed, the canonical order (operations begin when no
// message is under way, or as soon as they can), and the operations that are left out.
func (p *plan) beginnings() [3]int {
	n := [3]int{p.Seeds, 1, 1}
	switch p.Strategy.(type) {
	case *delays:
		n[1] = 2
	case *swarm:
		n[2] = 1 << min(p.Operations, 16)
	}
	return n
}

// leaveOut removes the operations whose bits are set.
func (w *world) leaveOut(mask int) {
	if mask == 0 {
		return
	}
	i := 0
	for _, c := range w.clients {
		c.todo = slices.DeleteFunc(c.todo, func(history.Op) bool {
			i++
			return mask>>(i-1)&1 == 1
		})
	}
}

// An explorer runs a strategy, and counts.
type explorer struct {
	*plan
	ctx    context.Context
	report Report
	worked bool      // an operation has succeeded
	told   time.Time // when Scope.Progress was last called
}

// progressEvery is the time between two calls of Scope.Progress.
const progressEvery = time.Second / 4

// tell tells Scope.Progress how far the exploration has come, if it is time.
func (x *explorer) tell() {
	if x.Progress == nil {
		return
	}
	if now := time.Now(); now.Sub(x.told) >= progressEvery {
		x.told = now
		r := x.report
		r.Elapsed = now.Sub(r.began)
		x.Progress(r)
	}
}

// stop reports whether the exploration ends.
func (x *explorer) stop() bool {
	return x.report.Failure != nil || x.report.Err != nil || x.ctx.Err() != nil || x.Most > 0 && x.report.Executions >= x.Most
}

// count adds an execution to the report.
func (x *explorer) count(o outcome) {
	x.tell()
	r := &x.report
	r.Depth = max(r.Depth, o.depth)
	switch {
	case errors.Is(o.err, errLeft):
		r.Pruned++
		return
	case o.err != nil && x.ctx.Err() != nil && errors.Is(o.err, x.ctx.Err()):
		return
	case o.err != nil:
		r.Err = o.err
		return
	}
	x.worked = x.worked || o.worked
	r.Executions++
	r.Actions += o.depth
	if o.deep {
		r.Deep++
	}
	if len(o.reasons) > 0 {
		r.Failure = &Failure{Decisions: o.decisions.Trim(), Reasons: o.reasons, Execution: r.Executions, After: time.Since(x.report.began)}
	}
}
