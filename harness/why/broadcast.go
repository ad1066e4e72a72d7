package why

import (
	"fmt"
	"slices"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// growing returns the explainer of a set that only grows, to which a function adds elements.
func growing(add string) explainer {
	return func(r *Run) []Cause {
		found, ok := r.Found.Workload.(*check.SetFullResult)
		if !ok {
			return nil
		}
		s := newGrowset(r, add)
		var wanted []int32
		for _, v := range found.Lost[:min(len(found.Lost), maxExplained)] {
			if n := s.numberOf(v); n != unknownElement {
				wanted = append(wanted, n)
			}
		}
		f := newFrontier(s, wanted)
		var causes []Cause
		told := make(map[string]bool) // patterns
		for _, n := range wanted {
			all := f.gaps(n)
			if len(all) == 0 {
				continue
			}
			if f.searched > maxBytes {
				break
			}
			c := Cause{Kind: "lost", Pattern: all[0].pattern(), Victim: quoted(s.elements[n].value)}
			if !told[c.Pattern] { // others only count: there may be many
				told[c.Pattern] = true
				f.tellGap(&c, all)
			}
			causes = append(causes, c)
		}
		if len(causes) > 0 {
			causes[0].Victims = max(1, found.LostCount-len(causes)+1)
		}
		if found.LostCount == 0 && found.StableCount == 0 {
			causes = append(causes, f.unread()...)
		}
		return append(causes, f.strangers()...)
	}
}

// A gapTale is the story of a gap.
type gapTale struct {
	*frontier
	*gap
	value string
	owner string // the node that the client gave it to
	known int64
	have  map[string]visit
	steps []Step
	told  map[int64]bool // messages
	fault *history.Fault // that has a step of its own
}

// tellGap tells the first of some gaps of an element.
func (f *frontier) tellGap(c *Cause, all []*gap) {
	g := all[0]
	e := &f.elements[g.n]
	t := &gapTale{frontier: f, gap: g, value: quoted(e.value), owner: e.inv.Node, told: make(map[int64]bool)}
	t.known, _ = e.known()
	t.have = f.spread(g.n, g.read.inv.Time)
	c.Headline = fmt.Sprintf("value %s is missing from %s", t.value, f.where(all))
	t.added(e)
	c.So = t.tell()
	if g.kind > newest || g.kind == restarted {
		c.So += t.hedge()
	}
	t.steps = append(t.steps, t.misses())
	c.Story = inOrder(t.steps)
}

// where names the nodes of gaps.
func (f *frontier) where(all []*gap) string {
	var names []string
	for _, g := range all {
		names = append(names, g.node)
	}
	slices.SortFunc(names, compareIDs)
	switch {
	case len(names) == len(f.Nodes) && len(names) > 1:
		return "all nodes"
	case len(names) > maxNamed:
		names = append(names[:maxNamed], wording.Plural(len(all)-maxNamed, "other"))
	}
	return wording.And(names)
}

// added adds the steps that made the element known.
func (t *gapTale) added(e *element) {
	text := fmt.Sprintf("%s asks %s to %s %s, ", client(e.inv), t.owner, t.add, t.value)
	switch {
	case !e.acked:
		text += "and gets no acknowledgement"
	case e.at-e.inv.Time < int64(time.Millisecond):
		text += fmt.Sprintf("and %s acknowledges it", t.owner)
	default:
		text += fmt.Sprintf("which %s acknowledges at %s", t.owner, seconds(e.at))
	}
	t.steps = append(t.steps, t.asks(e.inv, text))
	if by := e.shownBy; !e.acked && by != nil {
		if inv, ok := t.Invocation(by.Index); ok {
			t.steps = append(t.steps, t.asks(inv, fmt.Sprintf("%s reads at %s, and %s is there", client(inv), by.Node, t.value)))
		}
	}
}

// misses is the step of the read without the element.
func (t *gapTale) misses() Step {
	inv := t.read.inv
	list := values(t.read.done.Value)
	text := fmt.Sprintf("%s reads at %s, and gets ", client(inv), t.node)
	switch {
	case t.kind == otherForm:
		text += quoted(t.read.done.Value)
	case len(list) == 0:
		text += "no values"
	default:
		text += fmt.Sprintf("%s without %s", wording.Plural(len(list), "value"), t.value)
	}
	return t.asks(inv, text)
}

// passed adds the step of a message with the element, once.
func (t *gapTale) passed(m *Sent) {
	if t.told[m.ID] {
		return
	}
	t.told[m.ID] = true
	t.steps = append(t.steps, passes(m, fmt.Sprintf("%s sends %s %s message with %s, %s", m.Src, m.Dest, an(m.Type), t.contents(m), t.fate(m))))
}

// contents says which elements a message carries.
func (t *gapTale) contents(m *Sent) string {
	content := t.content(m)
	others := len(content)
	first := t.value
	if content[t.n] {
		others--
	} else {
		least := int32(unknownElement)
		for n := range content {
			if least == unknownElement || n < least {
				least = n
			}
		}
		if least == unknownElement {
			return "no value"
		}
		first = quoted(t.elements[least].value)
		others--
	}
	switch others {
	case 0:
		return first
	case 1:
		return first + " and another value"
	}
	return fmt.Sprintf("%s and %d other values", first, others)
}

// fate says what became of a message.
func (t *gapTale) fate(m *Sent) string {
	at, ok := m.Arrival()
	switch {
	case ok && at-m.At < int64(time.Millisecond):
		return "which arrives at once"
	case ok:
		return "which arrives at " + seconds(at)
	case len(m.Ends) > 0:
		f, how := t.loss(m)
		if f != nil && f == t.fault {
			return "which is lost: " + how
		}
		return "which is lost" + t.cut(m)
	}
	return "which has not arrived when the run ends"
}

// way adds the messages by which the element came to a node.
func (t *gapTale) way(node string) {
	way := path(t.have, node, t.read.inv.Time)
	const most = 3
	for i, m := range way {
		if len(way) > most && i > 0 && i < len(way)-most+1 {
			continue // the middle of a long way
		}
		t.passed(m)
	}
}

// begins adds the step of a fault.
func (t *gapTale) begins(f *history.Fault) {
	t.fault = f
	text := fmt.Sprintf("a fault begins, and lasts until %s: %s (%s)", seconds(f.End), f.Name, f.Effect.Text)
	t.steps = append(t.steps, begins(f, text))
}

// hedge says why the record may not have all.
func (t *gapTale) hedge() string {
	switch {
	case !t.Whole:
		return t.unlessWhole()
	case t.hidden:
		return "; but here nodes show values that no message was seen to bring, so they may also travel in another form"
	case t.read.inv.Time-t.known < int64(time.Second):
		return fmt.Sprintf("; but that read began only %s after %s was known", ms(t.read.inv.Time-t.known), t.value)
	}
	return ""
}
