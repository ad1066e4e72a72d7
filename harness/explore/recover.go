package explore

import (
	"fmt"
	"slices"
	"time"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/internal/wording"
)

// clientTimeout is the time after which clients give an operation of the final phase up, as in the harness.
const clientTimeout = 5 * time.Second

// finish ends the explored part: all faults are healed, the nodes have the time limit to recover, and the workload's final
// operations are carried out. Nothing is left to decide but what services show to the final operations.
func (w *world) finish(recovery time.Duration) {
	w.cut, w.finishing = 0, true
	for _, m := range w.members {
		if !m.up && !w.Minority {
			m.start()
		}
	}
	decide := w.decide
	w.decide = nil
	w.runFor(recovery)
	w.decide = decide
	for _, c := range w.clients {
		c.giveUp()
		c.todo = nil
	}
	scripts := workload.FinalScripts(w.workload, w.Clients)
	if scripts == nil {
		scripts = w.probes()
	}
	for i, script := range scripts {
		c := w.clients[i]
		for !w.members[c.node].up { // it asks another node
			c.node = (c.node + 1) % w.Nodes
		}
		w.follow(c, script)
	}
}

// probes returns a script for each client of a workload without a final phase: one more operation, to see whether anything works.
func (w *world) probes() []workload.Script {
	scripts := make([]workload.Script, len(w.clients))
	for i, c := range w.clients {
		asked := false
		scripts[i] = func(history.Op) (history.Op, time.Duration, bool) {
			if asked {
				return history.Op{}, 0, false
			}
			asked = true
			if each, ok := w.workload.(workload.PerProcess); ok {
				return each.NextFor(c.process), 0, true
			}
			return w.draw(w.workload), 0, true
		}
	}
	return scripts
}

// follow carries out the script of a client.
func (w *world) follow(c *client, script workload.Script) {
	var done history.Op
	for w.err == nil {
		op, pause, ok := script(done)
		if !ok {
			return
		}
		w.runFor(pause)
		op.Final = true
		w.tellFinal(c, op)
		c.invoke(op)
		var circles lasso
		for limit := w.elapsed + clientTimeout; c.busy && w.err == nil; {
			circles.note(w)
			if !w.advance(limit) {
				c.giveUp()
			}
		}
		done = w.history[len(w.history)-1]
		w.toldFinal(done)
	}
}

// runFor lets messages arrive and timers fire for the duration d.
func (w *world) runFor(d time.Duration) {
	limit := w.elapsed + d
	for w.err == nil && w.advance(limit) {
	}
	w.elapsed = limit
}

// advance does what is due next up to the time limit, messages first. It reports whether there was anything.
func (w *world) advance(limit time.Duration) bool {
	if w.busy() {
		w.drain()
		return true
	}
	var next *member
	var earliest time.Duration
	for _, m := range w.members {
		if at, ok := m.due(); ok {
			if at = max(m.when(at), w.elapsed); next == nil || at < earliest {
				next, earliest = m, at
			}
		}
	}
	if next == nil || earliest > limit {
		return false
	}
	w.elapsed = earliest
	next.atOnce()
	return true
}

// judge returns why the execution is not valid; nothing if it is.
func (w *world) judge() (reasons []string) {
	if w.goal != nil && !w.goal.reached {
		return nil
	}
	if w.broken != "" {
		return []string{w.broken}
	}
	if r := w.workload.Check(w.history); r.Verdict() == check.Invalid && !empty(r) {
		return r.Reasons()
	}
	if e := check.NewExceptions(w.history); len(e.Exceptions) > 0 && w.never(e.Exceptions[0].F) {
		return e.Cautions()
	}
	return w.progress()
}

// empty reports whether a history is invalid only because no operation in it depends on another. Such a run tests nothing, but nothing
// is wrong with such an execution: it is one of many.
func empty(r check.Result) bool {
	switch r := r.(type) {
	case *elle.Result:
		return slices.Equal(r.Types, []elle.Anomaly{elle.EmptyGraph})
	case *kafka.Result:
		return slices.Equal(r.BadErrorTypes, []string{kafka.EmptyGraph})
	}
	return false
}

// never reports whether no operation f has succeeded.
func (w *world) never(f string) bool {
	return !slices.ContainsFunc(w.history, func(op history.Op) bool { return op.F == f && op.Type == history.OK })
}

// progress returns a reason if no final operation was answered: all faults have ended, and something must be possible again.
func (w *world) progress() []string {
	finals := 0
	for _, op := range w.history {
		if !op.Final || op.Type == history.Invoke {
			continue
		}
		finals++
		if op.Type == history.OK || op.Type == history.Fail && string(op.Error) != `"net-timeout"` {
			return nil
		}
	}
	if finals == 0 {
		return nil
	}
	return []string{fmt.Sprintf("none of the %s after the recovery was answered, though all faults had ended%s", wording.Plural(finals, "operation"), w.circle)}
}

// A lasso finds out whether an operation waits while the nodes go round in circles: the same state comes again. Only nodes whose state
// is shown can be seen to do so.
type lasso struct {
	met   map[uint64]int // states, by the number of actions before
	count int
}

// note notes the state before another action.
func (l *lasso) note(w *world) {
	if !w.Shown || w.circle != "" {
		return
	}
	if l.met == nil {
		l.met = make(map[uint64]int)
	}
	key := w.key()
	if first, again := l.met[key]; again {
		w.circle = fmt.Sprintf("; the nodes go round in circles: from %v of the last phase on, the same state comes again after every %s",
			w.elapsed, wording.Plural(l.count-first, "action"))
	}
	l.met[key] = l.count
	l.count++
}
