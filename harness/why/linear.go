package why

import (
	"fmt"
	"slices"

	"glomers/harness/check"
	"glomers/harness/check/linear"
	"glomers/harness/history"
)

// maxRegisters is how many registers are explained; more of them only count.
const maxRegisters = 20

// maxWindow is how many operations of a window are told.
const maxWindow = 6

// A register is the history of a key that is not linearizable.
type register struct {
	*carriage
	services map[string]map[string][]call // the calls that changed something, in the order of their arrival, by service and key
	refusals refusals
	key      string
	all      []*access // in the order of their invocations
	window   []*access // that contradict each other
}

// registers explains keys that are not linearizable: how the node whose answer completes the contradiction came by that answer.
func registers(r *Run) []Cause {
	found, ok := r.Found.Workload.(*linear.Result)
	if !ok {
		return nil
	}
	windows := make(map[string][]int)
	broken := 0
	for _, reg := range found.Results {
		if reg.Valid != check.Invalid {
			continue
		}
		if broken++; broken <= maxRegisters {
			windows[plainJSON(string(reg.Key))] = reg.Window
		}
	}
	byKey := make(map[string]*register)
	var wanted []version
	for i, op := range r.Ops {
		key, _, ok := pair(op.Value)
		if !ok || op.Type != history.Invoke || op.Process == history.Nemesis {
			continue
		}
		name := plainJSON(string(key))
		window, asked := windows[name]
		if !asked {
			continue
		}
		a, ok := r.access(i)
		if !ok {
			continue
		}
		if byKey[name] == nil {
			byKey[name] = &register{key: name}
		}
		reg := byKey[name]
		reg.all = append(reg.all, &a)
		if slices.Contains(window, i) {
			reg.window = append(reg.window, &a)
		}
		for _, value := range []string{a.found, a.left} {
			if value != "" {
				wanted = append(wanted, version{name, value})
			}
		}
	}
	x, services, refused := r.survey(wanted), r.changes(), r.refusals()
	var causes []Cause
	for _, key := range sortedKeys(byKey) {
		reg := byKey[key]
		reg.carriage, reg.services, reg.refusals = x, services, refused
		if c, ok := reg.explain(); ok {
			causes = append(causes, c)
		}
	}
	if len(causes) > 0 {
		causes[0].Victims = max(1, broken-len(causes)+1)
	}
	return causes
}

// A contradiction is what an answer does not fit to: that the register had got another value.
type contradiction struct {
	value    string  // the other value
	writer   *access // that put it there; nil if that is not known
	witness  *access // whose answer makes it certain: the writer, or a read of the value
	together bool    // the witness had not been answered when the accused was asked
}

// accused returns the operation whose answer completes the contradiction: the read or cas of the window that was answered last. A write
// fits at the end of every order.
func (x *register) accused() *access {
	var last *access
	for _, a := range x.window {
		if a.acknowledged() && a.inv.F != "write" && (last == nil || a.done.Index > last.done.Index) {
			last = a
		}
	}
	return last
}

// contradicted returns what the answer of an operation does not fit to; ok is false if there is nothing of that kind in the window.
func (x *register) contradicted(a *access) (c contradiction, ok bool) {
	for _, o := range x.window {
		if o != a && o.before(a) && o.value() != a.found && (c.witness == nil || o.done.Index > c.witness.done.Index) {
			c.witness = o
		}
	}
	if c.witness == nil {
		c.together = true
		for _, o := range x.window { // of two that replace the same value, only one can have found it
			if o != a && o.acknowledged() && o.value() != a.found && (c.witness == nil || o.found == a.found && c.witness.found != a.found || o.done.Index > c.witness.done.Index && o.found == c.witness.found) {
				c.witness = o
			}
		}
	}
	if c.witness == nil {
		return c, false
	}
	c.value, c.writer = c.witness.value(), c.witness
	if c.witness.left == "" {
		c.writer = x.putBy(c.value, c.witness.done.Index)
	}
	return c, true
}

// putBy returns the last operation that was asked for before an event of the history and put a value into the register, if it happened. One
// that certainly did not happen counts only if there is no other. It is nil if there is none.
func (x *register) putBy(value string, before int) *access {
	var last *access
	for _, o := range x.all {
		if o.left == value && o.inv.Index < before && (last == nil || last.failed() || !o.failed()) {
			last = o
		}
	}
	return last
}

// again reports whether some operation may have put a value into the register after another operation had been asked for, and before an
// event of the history.
func (x *register) again(value string, after *access, before int) bool {
	return slices.ContainsFunc(x.all, func(o *access) bool {
		return o != after && o.left == value && !o.failed() && o.inv.Index < before && (!o.acknowledged() || o.done.Index > after.inv.Index)
	})
}

// explain explains the register; ok is false if there is nothing to explain.
func (x *register) explain() (Cause, bool) {
	a := x.accused()
	if a == nil {
		return Cause{}, false
	}
	t := &verdict{register: x, accused: a, source: x.sourceOf(a), told: make(map[int64]bool)}
	t.cause = Cause{Kind: "not-linearizable", Victim: "key " + clipped(x.key)}
	if against, ok := x.contradicted(a); ok && x.putBy(a.found, a.done.Index) != nil {
		t.against = against
		t.headline()
		t.add(t.older(), against.writer, against.witness, a)
		if against.together || t.again(a.found, against.witness, a.done.Index) {
			t.add(x.window[max(0, len(x.window)-maxWindow):]...) // the others show that it did not come then
		}
		t.judge()
	} else {
		t.unwritten()
	}
	t.cause.Story = t.story()
	return t.cause, true
}

// older returns the operation that had put the value there that the accused found.
func (t *verdict) older() *access {
	o := t.putBy(t.accused.found, t.against.witness.inv.Index)
	if o == nil || o.failed() || o == t.accused {
		return nil
	}
	return o
}

// headline says which answer does not fit to which other one.
func (t *verdict) headline() {
	a, w := t.accused, t.against.witness
	did := fmt.Sprintf("%s showed %s for key %s", a.node, clipped(a.found), clipped(t.key))
	if a.inv.F == "cas" {
		did = fmt.Sprintf("%s replaced %s by %s in key %s", a.node, clipped(a.found), clipped(a.left), clipped(t.key))
	}
	switch {
	case t.against.together && a.inv.F == "cas" && w.inv.F == "cas" && a.found == w.found:
		t.cause.Headline = fmt.Sprintf("%s, and %s replaced the same %s by %s", did, w.node, clipped(w.found), clipped(w.left))
		return
	case t.against.together:
		t.cause.Headline = fmt.Sprintf("%s, which does not fit to the %s of %s that %s answered meanwhile", did, w.inv.F, clipped(w.value()), w.node)
		return
	case w.inv.F == "read":
		t.cause.Headline = fmt.Sprintf("%s, %s after %s had shown %s", did, ms(a.done.Time-w.done.Time), w.node, clipped(w.found))
	default:
		t.cause.Headline = fmt.Sprintf("%s, %s after %s had acknowledged %s", did, ms(a.done.Time-w.done.Time), w.node, clipped(w.left))
	}
	if !t.again(a.found, w, a.done.Index) {
		t.cause.Headline += fmt.Sprintf("; nobody wrote %s in between", clipped(a.found))
	}
}
