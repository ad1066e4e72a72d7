package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
)

// maxDebt limits how far the schedule of operations may fall behind and still catch up. It is long enough for late timers.
// Without this limit, a machine that cannot reach the rate would still work through overdue operations after the time limit.
const maxDebt = 100 * time.Millisecond

// A generator schedules the operations of the main phase: when each begins, and on which worker.
type generator struct {
	open    bool          // the main phase has time left
	overdue bool          // an operation is due and no worker is free
	since   stamp         // if overdue: when the operation was due
	busy    time.Duration // the total time during which an operation was overdue
	drawn   int           // the number of operations so far
	mean    time.Duration // the mean time between two operations
	gaps    choice.Stream // decides on the times between operations
	pick    choice.Stream // decides on workers; a separate stream, because the number of these decisions depends on timing
}

func newGenerator(t Test) generator {
	return generator{
		mean: time.Duration(float64(time.Second) / t.Rate),
		gaps: t.gate.Stream("gaps"),
		pick: t.gate.Stream("workers"),
	}
}

// gap returns the time between two operations, uniform between 0 and twice the mean.
func (g *generator) gap() time.Duration {
	return g.gaps.Uniform(2 * g.mean)
}

// waitFrom records that an operation is due while no worker is free.
func (g *generator) waitFrom(now stamp) {
	if !g.overdue {
		g.overdue, g.since = true, now
	}
}

// waitUntil records that a worker is free again. A wait is counted up to the end of the main phase.
func (g *generator) waitUntil(now stamp) {
	if g.overdue && g.open {
		g.busy += now - g.since
	}
	g.overdue = false
}

// close ends the main phase.
func (g *generator) close(now stamp) {
	if g.overdue {
		g.busy += now - g.since
	}
	g.open = false
}

// operationDue starts the next operation on a free worker and schedules the following operation. If no worker is free, release
// starts the operation later.
func (r *run) operationDue(due stamp) {
	if !r.ops.open || r.test.Idle {
		return
	}
	if len(r.free) == 0 {
		r.ops.waitFrom(r.now())
		return
	}
	i := r.ops.pick.IntN(len(r.free))
	w := r.free[i]
	op := r.nextOp(w)
	if r.kept(r.ops.drawn) {
		r.free = slices.Delete(r.free, i, i+1)
		r.invoke(w, op)
	}
	r.ops.drawn++
	next := max(due, r.now()-maxDebt) + r.ops.gap()
	r.timers.add(next, func() { r.operationDue(next) })
}

// nextOp draws an operation for the worker.
func (r *run) nextOp(w *worker) history.Op {
	if each, ok := r.workload.(workload.PerProcess); ok {
		return each.NextFor(w.process)
	}
	return r.workload.Next()
}

// kept reports whether the operation with this number is carried out. An Excerpt leaves operations out.
func (r *run) kept(number int) bool {
	if r.test.Excerpt == nil {
		return true
	}
	_, found := slices.BinarySearch(r.test.Excerpt.Ops, number)
	return found
}

// invoke starts an operation on a worker.
func (r *run) invoke(w *worker, op history.Op) {
	op.Process, op.Node, op.Client = w.process, w.node, w.client.id
	op.Type = history.Invoke
	r.recordOp(op)
	r.active.begin()
	w.jobs <- job{op: op, client: w.client} // does not block: the worker is idle
}

// release starts the next operation of a worker's script, or frees the worker.
func (r *run) release(w *worker, done history.Op) {
	if w.script != nil {
		if op, pause, ok := w.script(done); ok {
			op.Final = true
			r.after(pause, func() { r.invoke(w, op) })
			return
		}
		w.script = nil
	}
	// Free workers are sorted by index, so that a draw does not depend on the order in which they became free.
	i, _ := slices.BinarySearchFunc(r.free, w.index, func(w *worker, index int) int { return w.index - index })
	r.free = slices.Insert(r.free, i, w)
	if r.ops.overdue {
		r.ops.waitUntil(r.now())
		r.operationDue(r.now()) // the schedule continues from now and does not make up for the wait
	}
}

// startFaults starts the schedule of each fault.
func (r *run) startFaults() {
	began := r.now()
	if r.test.Excerpt == nil {
		for _, f := range r.faults {
			r.stepFault(f, began) // the first step has no delay, as in the reference
		}
		return
	}
	for _, w := range r.test.Excerpt.Faults {
		i := slices.IndexFunc(r.faults, func(f nemesis.Fault) bool { return f.Name() == w.Name })
		f := r.faults[i] // the plan has checked that it exists
		start := func() {
			if r.ops.open {
				f.Seek(w.Start)
				r.recordFault(f.Step(r.networkTime(), system{r}))
			}
		}
		if w.Begin <= 0 {
			start() // without delay, as above
		} else {
			r.timers.add(began+w.Begin, start)
		}
		r.timers.add(began+w.End, func() {
			if r.ops.open {
				r.recordFault(f.Heal(r.networkTime(), system{r}))
			}
		})
	}
}

// stepFault carries out the next step of a fault and schedules the following step.
func (r *run) stepFault(f nemesis.Fault, due stamp) {
	if !r.ops.open {
		return
	}
	r.recordFault(f.Step(r.networkTime(), system{r}))
	next := due + f.Next()
	r.timers.add(next, func() { r.stepFault(f, next) })
}

// heal ends all faults.
func (r *run) heal() error {
	for _, f := range r.faults {
		r.recordFault(f.Heal(r.networkTime(), system{r}))
	}
	return r.err
}

// recordFault adds the two events of a fault's step, its value and its result, to the history.
func (r *run) recordFault(op nemesis.Op, err error) {
	if err != nil {
		r.fail(fmt.Errorf("harness: %w", err))
		return
	}
	for i, value := range []any{op.Value, op.Result} {
		b, err := json.Marshal(value)
		if err != nil {
			r.fail(fmt.Errorf("harness: %s: %w", op.F, err))
			return
		}
		event := history.Op{Type: history.Info, Process: history.Nemesis, F: op.F, Value: b}
		if i == 1 {
			event.Effect = op.Effect
		}
		r.recordOp(event)
	}
}
