package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"glomers/harness/history"
)

// A chooser returns the number of the option to carry out, or -1 to leave the execution. The first ready options are no faults.
type chooser func(w *world, options []option, ready int) int

// errLeft is the reason of an execution that a chooser has left.
var errLeft = errors.New("explore: left")

// An outcome is that of one execution.
type outcome struct {
	decisions Decisions
	depth     int      // actions
	deep      bool     // it was cut off at the bound of its depth
	reasons   []string // why it is not valid
	err       error    // it could not be carried out, or errLeft
}

// execute carries out one execution. setup, if not nil, is called with the world before anything happens; prefix decides first,
// then choose.
func (p *plan) execute(setup func(*world), prefix Decisions, choose chooser) outcome {
	o := p.executeFor(p.Recovery, setup, prefix, choose)
	if o.err == nil && len(o.reasons) > 0 {
		// The nodes may need more time.
		if again := p.executeFor(10*p.Recovery, setup, o.decisions, canonical); again.err != nil || len(again.reasons) == 0 {
			o.reasons, o.err = again.reasons, again.err
		}
	}
	return o
}

// canonical chooses the first option.
func canonical(*world, []option, int) int { return 0 }

func (p *plan) executeFor(recovery time.Duration, setup func(*world), prefix Decisions, choose chooser) (o outcome) {
	next := func(choose func() int, n int) int {
		k := 0
		if at := len(o.decisions); at < len(prefix) {
			k = prefix[at]
		} else if choose != nil {
			k = choose()
		}
		if k >= n {
			o.err = fmt.Errorf("explore: decision %d is %d, but there are %d options: the decisions are of another scope, or the nodes are not deterministic", len(o.decisions), k, n)
			return -1
		}
		o.decisions = append(o.decisions, k)
		return k
	}
	var first [3]int // what is decided before anything happens
	for i, n := range p.beginnings() {
		if n > 1 {
			if first[i] = next(func() int { return p.Strategy.begin(i, n) }, n); first[i] < 0 {
				return o
			}
		}
	}
	w := newWorld(p, p.Seed+uint64(first[0]))
	w.eager = first[1] == 1
	w.leaveOut(first[2])
	if setup != nil {
		setup(w)
	}
	defer w.close()
	if w.err == nil {
		w.prepare()
	}
	for w.err == nil && w.broken == "" {
		options, ready := w.next()
		if ready == 0 {
			break
		}
		if w.steps == p.Depth {
			o.deep = true
			break
		}
		k := next(func() int { return choose(w, options, ready) }, len(options))
		if k < 0 {
			if o.err == nil {
				o.err = errLeft
				o.decisions = o.decisions[:len(o.decisions)-1]
			}
			return o
		}
		w.choose(options, ready, k)
	}
	o.depth = w.steps
	if w.err == nil && w.broken == "" {
		w.finish(recovery)
	}
	if o.err = w.err; o.err == nil {
		o.reasons = w.judge()
	}
	return o
}

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
}

// stop reports whether the exploration ends.
func (x *explorer) stop() bool {
	return x.report.Failure != nil || x.report.Err != nil || x.ctx.Err() != nil || x.Most > 0 && x.report.Executions >= x.Most
}

// count adds an execution to the report.
func (x *explorer) count(o outcome) {
	r := &x.report
	r.Depth = max(r.Depth, o.depth)
	switch {
	case errors.Is(o.err, errLeft):
		r.Pruned++
		return
	case o.err != nil:
		r.Err = o.err
		return
	}
	r.Executions++
	r.Deliveries += o.depth
	if o.deep {
		r.Deep++
	}
	if len(o.reasons) > 0 {
		r.Failure = &Failure{Decisions: o.decisions.trimmed(), Reasons: o.reasons, Execution: r.Executions, After: time.Since(x.report.began)}
	}
}
