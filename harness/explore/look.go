package explore

import (
	"fmt"
	"time"

	"glomers/harness/choice"
	"glomers/internal/control"
)

// carryOut carries out the execution with these decisions, and with ordinary ones afterwards, as execute does. In addition to what the
// scope allows, the decisions may be those of a debugger. All faults end when until says so, if it is not nil.
func (p *plan) carryOut(d choice.List, until func(w *world) bool, look func() *looker) *execution {
	var x *execution
	for _, recovery := range []time.Duration{p.Recovery, 10 * p.Recovery} {
		x = &execution{plan: p, prefix: d, choose: canonical, until: until, looker: look()}
		x.run(x.looker.attach, recovery)
		if x.err != nil || len(x.reasons) == 0 {
			break
		}
	}
	x.looker.end(x.world)
	return x
}

// A looker fills in a view. Methods of nil do nothing.
type looker struct {
	idle bool // nobody wants the view
	view View
	x    *execution
	made int                                   // messages before the current action
	now  *Action                               // nil between actions
	seen []map[control.Property]*PropertyState // by node
}

// newLooker returns one for the state after at actions.
func newLooker(p *plan, d choice.List, at int) *looker {
	return &looker{view: View{
		Bound: p.String(), Decisions: d.String(), At: at,
		Beginning: []Choice{}, Actions: []Action{}, Ending: []Choice{}, Options: []Option{}, History: []Operation{}, Reasons: []string{}, Here: []string{},
	}}
}

// begun notes the decisions before an execution begins.
func (l *looker) begun(x *execution, first [3]int) {
	if l == nil {
		return
	}
	l.x = x
	for i, n := range x.beginnings() {
		if n == 1 || l.idle {
			continue
		}
		c := Choice{Decision: len(l.view.Beginning), Number: first[i], Of: n}
		switch i {
		case 0:
			c.Text = fmt.Sprintf("seed %d", x.Seed+uint64(c.Number))
		case 1:
			c.Text = []string{"operations begin when no message is under way", "operations begin as soon as they can"}[c.Number]
		default:
			c.Text = fmt.Sprintf("operations left out, from the last one to the first: %0*b", x.Operations, c.Number)
		}
		l.view.Beginning = append(l.view.Beginning, c)
	}
}

// attach listens to the world.
func (l *looker) attach(w *world) {
	w.free = true
	if l.idle {
		return
	}
	l.seen = make([]map[control.Property]*PropertyState, len(w.members))
	w.log = func(node int, line []byte) {
		if l.now != nil {
			l.now.Logs = append(l.now.Logs, w.ids[node]+" "+clipped(string(line)))
		}
	}
	w.picked = func(stream string, n, k int) {
		c := Choice{Decision: len(l.x.decisions) - 1, Number: k, Of: n, Text: fmt.Sprintf("%s: state %d of %d, from the newest", stream, k+1, n)}
		if l.now != nil {
			l.now.Choices = append(l.now.Choices, c)
		} else {
			l.view.Ending = append(l.view.Ending, c)
		}
	}
	w.listen = func(node int, o control.Observation) {
		if l.seen[node] == nil {
			l.seen[node] = make(map[control.Property]*PropertyState)
		}
		s := l.seen[node][o.Property]
		if s == nil {
			s = &PropertyState{Property: o.Property}
			l.seen[node][o.Property] = s
		}
		s.Times++
		s.Violated = s.Violated || o.Violates()
		s.Latest = clipped(o.String())
	}
}

// state notes a state of the world, if it is on the way to the one that is looked at.
func (l *looker) state(x *execution, options []option) {
	if l == nil || l.idle {
		return
	}
	v, w := &l.view, x.world
	if v.At >= 0 && w.steps > v.At {
		return
	}
	if before := v.Now; len(before.Nodes) > 0 {
		v.Before = &before
	}
	v.Now, v.Next = w.state(l.seen), len(x.decisions)
	v.Budget = map[string]int{Lose.String(): w.left.losses, Duplicate.String(): w.left.duplicates, Kill.String(): w.left.kills, Cut.String(): w.left.cuts}
	if v.At >= 0 && w.steps < v.At {
		return
	}
	v.Options = []Option{}
	for k := range options {
		v.Options = append(v.Options, w.option(options, k))
	}
}

// acts notes the action that the world is about to carry out.
func (l *looker) acts(w *world, options []option, k int) {
	if l == nil || l.idle {
		return
	}
	l.made = w.made
	l.now = &Action{Option: w.option(options, k), Decision: w.at, Choices: []Choice{}, Sent: []Message{}, Logs: []string{}}
}

// acted notes what has followed from it.
func (l *looker) acted(x *execution) {
	if l == nil || l.idle {
		return
	}
	for _, m := range x.world.bag {
		if m.turn.seq >= l.made {
			l.now.Sent = append(l.now.Sent, m.shown())
		}
	}
	l.now.Events = len(x.world.history)
	l.view.Actions = append(l.view.Actions, *l.now)
	l.now = nil
	if !x.goesOn() {
		l.state(x, nil)
	}
}

// end notes the history at the end of the execution.
func (l *looker) end(w *world) {
	if l.idle || w == nil {
		return
	}
	for _, op := range w.history {
		text := fmt.Sprintf("%s %s", op.F, op.Value)
		if op.Error != nil {
			text += fmt.Sprintf(" (%s)", op.Error)
		}
		l.view.History = append(l.view.History, Operation{Client: op.Client, Node: op.Node, Type: op.Type, Text: clipped(text), Final: op.Final})
	}
}
