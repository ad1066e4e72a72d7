package explore

import (
	"fmt"
	"strconv"
	"strings"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/internal/control"
	"glomers/internal/wording"
	"glomers/node"
)

// A Step is an action of an execution and what followed from it.
type Step struct {
	Kind     Kind
	Decision int      // its number
	Text     string   // the action in words
	Sent     []string // what nodes sent
}

// String returns the step in words.
func (s Step) String() string {
	return strings.Join(append([]string{s.Text}, s.Sent...), "\n\t\t")
}

// number returns the number of the decision; "" if there was none.
func (s Step) number() string {
	if s.Decision < 0 {
		return ""
	}
	return strconv.Itoa(s.Decision)
}

// An Execution is what has happened with some decisions.
type Execution struct {
	Decisions choice.List
	Steps     []Step
	Reasons   []string // why it is not valid; none if it is
	History   []history.Op
}

// Replay carries out the execution of the scope with these decisions.
func Replay(s Scope, d choice.List) (Execution, error) {
	p, err := newPlan(s)
	if err != nil {
		return Execution{}, err
	}
	defer p.close()
	return p.replay(d)
}

func (p *plan) replay(d choice.List) (Execution, error) {
	e := Execution{Decisions: d}
	var last *world
	o := p.execute(func(w *world) {
		e.Steps, last = nil, w
		w.watch = func(s Step) { e.Steps = append(e.Steps, s) }
	}, d, canonical)
	e.Reasons, e.History = o.reasons, last.history
	if used, given := len(o.decisions), len(d.Trim()); o.err == nil && used < given {
		return e, fmt.Errorf("explore: decision %d never came up, as the execution has %s: the decisions are of another scope or program", given-1, wording.Plural(used, "decision"))
	}
	return e, o.err
}

// Cluster is the state of all nodes, for invariants.
type Cluster struct{ w *world }

// Nodes returns the ids of the nodes.
func (c Cluster) Nodes() []string { return c.w.ids }

// Node returns a node; nil if it is down.
func (c Cluster) Node(i int) *node.Node {
	if m := c.w.members[i]; m.up {
		return m.node
	}
	return nil
}

// Shown returns what node i shows by Node.Show, not to be changed nor kept; nil if the node is down or shows nothing.
func (c Cluster) Shown(i int) any {
	if m := c.w.members[i]; m.up {
		return control.Shown(m.node)
	}
	return nil
}

func (w *world) describe(o option) *Step {
	s := &Step{Kind: o.kind, Decision: w.at}
	switch o.kind {
	case Deliver, Lose, Duplicate:
		m := w.bag[o.index]
		s.Text = fmt.Sprintf("%s %s → %s %s", o.kind, m.src, m.dest, m.body)
		if o.kind == Deliver && !w.arrives(m) {
			s.Text += " (does not arrive)"
		}
	case Begin:
		c := w.clients[o.index]
		s.Text = fmt.Sprintf("client %s asks %s", c.id, c.Node())
		if len(c.todo) > 0 && c.todo[0].F != "" {
			s.Text += fmt.Sprintf(": %s %s", c.todo[0].F, c.todo[0].Value)
		}
	case Start:
		s.Text = "start " + w.ids[o.index]
	case Kill:
		s.Text = "kill " + w.ids[o.index]
		switch {
		case o.kept:
			s.Text += ", after its disk has written"
		case w.members[o.index].disk.writing:
			s.Text += ", before its disk has written"
		}
	case Sync:
		s.Text = w.ids[o.index] + "'s disk has written"
	case Fire:
		m := w.members[o.index]
		at, _ := m.due()
		s.Text = fmt.Sprintf("timer of %s at %v of its clock", m.id, max(at, m.now()))
		if w.Rolls > 1 {
			s.Text += fmt.Sprintf(", with random numbers %d", o.roll)
		}
	case Cut:
		groups := w.groups(w.cuts[o.index])
		s.Text = fmt.Sprintf("cut %v from %v", groups[0], groups[1])
	case Heal:
		s.Text = "heal the partition"
	case End:
		s.Text = "end: all faults end, and the nodes recover"
	}
	return s
}

// groups returns the ids of the nodes in the two groups of a cut.
func (w *world) groups(cut uint64) (groups [2][]string) {
	for i, id := range w.ids {
		side := 1 - cut>>i&1
		groups[side] = append(groups[side], id)
	}
	return groups
}

func (w *world) finishStep() {
	s := w.told
	for _, m := range w.bag {
		if m.fresh && !m.was {
			s.Sent = append(s.Sent, fmt.Sprintf("%s → %s %s", m.src, m.dest, m.body))
		}
	}
	w.watch(*s)
}

// tellFinal tells of an operation of the final phase.
func (w *world) tellFinal(c *client, op history.Op) {
	if w.watch != nil {
		w.told = &Step{Kind: Final, Decision: -1, Text: fmt.Sprintf("at the end, client %s asks %s: %s", c.id, c.Node(), op.F)}
	}
}

func (w *world) toldFinal(done history.Op) {
	if w.watch != nil {
		w.told.Text += fmt.Sprintf(" → %s %s", done.Type, done.Value)
		w.watch(*w.told)
	}
}
