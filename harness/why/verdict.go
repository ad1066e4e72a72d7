package why

import (
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/harness/record"
)

// A verdict is the explanation of a register in the making.
type verdict struct {
	*register
	accused *access
	against contradiction
	source  provenance
	cause   Cause

	told  map[int64]bool // messages
	parts []*access
	steps []Step // of messages and faults
}

// add adds operations to the story, each once.
func (t *verdict) add(all ...*access) {
	for _, a := range all {
		if a != nil && !slices.Contains(t.parts, a) {
			t.parts = append(t.parts, a)
		}
	}
}

// message adds a message between nodes, or a service's, once.
func (t *verdict) message(m *Sent) {
	if t.told[m.ID] {
		return
	}
	t.told[m.ID] = true
	if c, ok := t.newCall(m); ok {
		t.steps = append(t.steps, c.ask([]string{c.key}))
		return
	}
	if t.Role(m.Src) == record.Service {
		if request := t.requestOf(m); request != nil {
			if c, ok := t.newCall(request); ok && c.reply != nil {
				t.steps = append(t.steps, c.tells([]string{c.key}))
				return
			}
		}
	}
	text := fmt.Sprintf("%s sends %s a %s", m.Src, m.Dest, clipped(m.Type))
	if value, ok := t.brought(m); ok {
		text += fmt.Sprintf(" with %s for key %s", clipped(value), clipped(t.key))
	}
	t.steps = append(t.steps, passes(m, text+t.fate(m)))
}

// brought returns the value that a message has for the register; ok is false if it has none, or several.
func (t *verdict) brought(m *Sent) (value string, ok bool) {
	for v := range t.carriers {
		if v.key == t.key && t.brings(m, v) {
			if ok {
				return "", false
			}
			value, ok = v.value, true
		}
	}
	return value, ok
}

// story returns the steps in order.
func (t *verdict) story() []Step {
	var all []Step
	for _, a := range t.parts {
		long := slices.ContainsFunc(t.steps, func(s Step) bool { return s.Kind == Message && s.ID > a.first && s.ID < a.last && a.request != nil }) ||
			slices.ContainsFunc(t.parts, func(o *access) bool {
				return o != a && a.inv.Index < o.inv.Index && (!a.ended || o.inv.Index < a.done.Index)
			})
		all = append(all, t.tell(a, long)...)
	}
	all = append(all, t.steps...)
	return inJournal(t.Run, all)
}

// judge finds the reason, the surest first.
func (t *verdict) judge() {
	for _, m := range t.source.hops {
		t.message(m)
	}
	switch {
	case !t.source.known:
		t.cause.Pattern = "unknown"
		t.cause.So = fmt.Sprintf("the journal does not have the messages of %s with its client, so it is not known how %s came by its answer", client(t.accused.inv), t.accused.node)
	case t.refusedButDone(), t.apart():
	case t.source.asks:
		t.byService()
	case t.repeated():
	default:
		t.byCopy()
	}
}

// unwritten explains a value that nothing in the window contradicts: nobody can have put it there.
func (t *verdict) unwritten() {
	a := t.accused
	did := fmt.Sprintf("%s showed %s for key %s", a.node, clipped(a.found), clipped(t.key))
	if a.inv.F == "cas" {
		did = fmt.Sprintf("%s replaced %s by %s in key %s", a.node, clipped(a.found), clipped(a.left), clipped(t.key))
	}
	t.cause.Headline = did + ", which nobody had written"
	t.add(a)
	if t.refusedButDone() {
		return
	}
	for _, m := range t.source.hops {
		t.message(m)
	}
	earlier := t.putBy(a.found, a.done.Index)
	switch {
	case earlier != nil && !earlier.failed():
		t.add(t.window...)
		t.cause.Headline = did + ", which does not fit to the other operations"
		t.cause.Pattern = "no order"
		t.cause.So = fmt.Sprintf("there is no order of these operations in which %s finds %s", a.inv.F, clipped(a.found))
	case a.inv.F == "cas":
		t.cause.Pattern = "not compared"
		t.cause.So = fmt.Sprintf("until then no client had asked anybody to put %s into key %s, so this cas could not succeed: %s does not compare with the value that is there", clipped(a.found), clipped(t.key), t.source.party)
	default:
		t.cause.Pattern = "made up"
		t.cause.So = fmt.Sprintf("until then no client had asked anybody to put %s into key %s: %s made it up, or took it from another key", clipped(a.found), clipped(t.key), t.source.party)
	}
}

// refusedButDone explains a value that comes from an operation whose client was told that it had not happened.
func (t *verdict) refusedButDone() bool {
	a := t.accused
	for _, o := range slices.Backward(t.all) {
		if o.left != a.found || !o.failed() || o.inv.Index > a.done.Index || t.against.witness != nil && o.end < t.against.witness.begin {
			continue
		}
		proof := t.tookEffect(o)
		unwritten := t.against.witness == nil && !slices.ContainsFunc(t.all, func(x *access) bool { return x.left == a.found && !x.failed() && x.inv.Index < a.done.Index })
		if proof != nil || unwritten {
			t.promised(o, proof)
			return true
		}
	}
	return false
}

// promised concludes from an operation that took effect although it was said that it had not happened. The proof is the request by which it
// did, nil if there is none.
func (t *verdict) promised(o *access, proof *Sent) {
	name, _ := failure(o.done)
	t.add(o)
	t.cause.Pattern = "refused but done " + name
	how := fmt.Sprintf("%s found what it wrote", client(t.accused.inv))
	if proof != nil {
		t.message(proof)
		how = fmt.Sprintf("%s got it", proof.Dest)
		if at, ok := proof.Arrival(); ok {
			how += " at " + seconds(at)
		}
		how += ", and carried it out"
	}
	t.cause.So = fmt.Sprintf("%s told %s that its %s had not happened (%s), but it had: %s. An error that says so is a promise: a node that cannot know has to answer with one that leaves it open, such as 0 or 13",
		o.node, client(o.inv), o.inv.F, name, how)
}

// unmet reports whether the operation failed as a cas does that finds another value, or none.
func (a *access) unmet() bool {
	name, _ := failure(a.done)
	return name == "precondition-failed" || name == "key-does-not-exist"
}

// tookEffect returns the call of a service that carried out an operation; nil if there is none.
func (t *verdict) tookEffect(o *access) *Sent {
	for _, service := range sortedKeys(t.services) {
		for _, c := range t.changed(service) {
			if t.origin(c) == o && c.reply != nil {
				return c.request
			}
		}
	}
	return nil
}

// origin returns the operation for which a node changed a service's key: the last of its operations that had begun and leaves the value. It
// is nil if there is none.
func (t *verdict) origin(c call) *access {
	text, ok := plain(c.value)
	if !ok {
		return nil
	}
	var last *access
	for _, o := range t.all {
		if o.node != c.request.Src || o.left != text || o.begin > c.request.At || o.first > c.request.ID {
			continue
		}
		if last == nil || c.request.ID < o.last || c.request.ID > last.last {
			last = o
		}
	}
	return last
}

// fate says whether a message arrived, and when.
func (r *Run) fate(m *Sent) string {
	at, ok := m.Arrival()
	switch {
	case ok && at == m.At:
		return ", which arrives at once"
	case ok:
		return ", which arrives at " + seconds(at)
	case len(m.Ends) > 0:
		return ", which is lost" + r.cut(m)
	}
	return ", which has not arrived when the run ends"
}

// stopped returns the last time that a node was killed in a period.
func (r *Run) stopped(node string, from, until int64) *history.Fault {
	kills := r.hit("kill", node, from, until)
	if len(kills) == 0 {
		return nil
	}
	return kills[len(kills)-1]
}
