package why

import (
	"fmt"
	"slices"

	"glomers/internal/wording"
)

var gapNames = map[gapKind]string{
	otherForm: "other form", overwritten: "overwritten", staleService: "stale", refusedPut: "refused", replaced: "replaced", forgotten: "forgotten", restarted: "restarted", overtaken: "overtaken", newest: "newest",
	unshown: "unshown", miscounted: "miscounted", gaveUp: "gave up", lostOnce: "lost once", tooLate: "late", silent: "silent", muted: "muted", oneWay: "one way",
	unpassed: "not passed on", untold: "untold", farther: "farther",
}

// pattern returns what gaps with the same cause have in common.
func (g *gap) pattern() string {
	if g.kind == replaced {
		return "replaced " + g.culprit.Type
	}
	return gapNames[g.kind]
}

// tell adds the steps of a gap, and returns the conclusion.
func (t *gapTale) tell() string {
	switch t.kind {
	case otherForm:
		return fmt.Sprintf("%s was added, and %s shows it in another form: a read has to list each value as the same JSON that was added", t.value, t.node)
	case overwritten, staleService, refusedPut:
		return t.tellServed()
	case replaced:
		return t.tellReplaced()
	case forgotten:
		return t.tellForgotten()
	case restarted:
		return t.tellRestarted()
	case overtaken:
		return t.tellOvertaken()
	case newest:
		return t.tellNewest()
	case unshown:
		return t.tellUnshown()
	case miscounted, gaveUp, lostOnce:
		return t.tellLost()
	case tooLate:
		return t.tellLate()
	}
	return t.tellUnsent()
}

// arrived adds the way to the node, and says since when it has the element.
func (t *gapTale) arrived() (since int64) {
	t.way(t.node)
	return t.gap.have[0].at
}

func (t *gapTale) tellReplaced() string {
	t.arrived()
	last := t.lastShown()
	m := t.culprit
	at, _ := m.Arrival()
	content := t.content(m)
	t.told[m.ID] = true
	t.steps = append(t.steps, passes(m, fmt.Sprintf("%s sends %s %s message without %s: %s in all, %s", m.Src, m.Dest, an(m.Type), t.value, wording.Plural(len(content), "value"), t.fate(m))))
	gone := 0
	for n, c := range t.party(t.node) {
		if c.before(at) && !content[int32(n)] {
			gone++
		}
	}
	also := ""
	if gone > 1 {
		also = fmt.Sprintf(", as are %s more that %s had", wording.Plural(gone-1, "value"), t.node)
	}
	kept := ""
	if last {
		kept = ", which it had shown before,"
	}
	return fmt.Sprintf("after that %s message %s has just the values in it, and what came later; %s%s is gone%s. %s puts what it is sent in the place of what it has, instead of adding the one to the other",
		m.Type, t.node, t.value, kept, also, t.node)
}

// lastShown adds the last read at the node that shows the element.
func (t *gapTale) lastShown() bool {
	for _, s := range slices.Backward(t.gap.have) {
		if s.source == byReading {
			t.steps = append(t.steps, t.asks(s.read.inv, fmt.Sprintf("%s reads at %s, and %s is there", client(s.read.inv), t.node, t.value)))
			return true
		}
	}
	return false
}

func (t *gapTale) tellForgotten() string {
	t.arrived()
	t.lastShown()
	var last read
	for _, s := range t.gap.have {
		if s.source == byReading {
			last = s.read
		}
	}
	next := t.read
	for _, r := range t.readsAt(t.node, last.done.Time, t.read.inv.Time) {
		if r.inv.Time < next.inv.Time && !t.shows(r, t.n) {
			next = r
		}
	}
	gone := 0
	shows := make(map[int32]bool)
	for _, n := range t.listed(next.done.Value) {
		shows[n] = true
	}
	for _, n := range t.listed(last.done.Value) {
		if n != t.n && !shows[n] {
			gone++
		}
	}
	if next.at != t.read.at {
		t.steps = append(t.steps, t.asks(next.inv, fmt.Sprintf("%s reads at %s, and gets %s without %s", client(next.inv), t.node, wording.Plural(len(shows), "value"), t.value)))
	}
	also := ""
	if gone > 0 {
		also = fmt.Sprintf(", together with %s", wording.Plural(gone, "other value"))
	}
	between := 0
	for _, i := range t.byParty[t.node].got {
		if at, ok := t.Messages[i].Arrival(); ok && t.IsNode(t.Messages[i].Src) && at >= last.inv.Time && at <= next.done.Time {
			if between++; between == 1 {
				m := &t.Messages[i]
				t.steps = append(t.steps, passes(m, fmt.Sprintf("%s sends %s %s message with %s, %s", m.Src, m.Dest, an(m.Type), t.contents(m), t.fate(m))))
			}
		}
	}
	since := "no message from another node came to it in between"
	if between > 0 {
		since = fmt.Sprintf("%s from other nodes came to it in between", wording.Plural(between, "message"))
	}
	return fmt.Sprintf("%s showed %s at %s, and from %s on it does not%s. It was not restarted; %s. A value that was once there must stay",
		t.node, t.value, seconds(last.done.Time), seconds(next.inv.Time), also, since)
}

func (t *gapTale) tellRestarted() string {
	had := t.earlier[0]
	t.way(t.node)
	for _, k := range t.hit("kill", t.node, had.at, t.read.inv.Time) {
		if k.End == t.restart {
			t.steps = append(t.steps, begins(k, fmt.Sprintf("%s is killed; it is started again at %s", t.node, seconds(k.End))))
		}
	}
	text := fmt.Sprintf("%s had %s before it was killed, and not afterwards: it does not keep its values where they survive a restart", t.node, t.value)
	others := t.holders(t.have, t.node)
	switch {
	case len(others) == 0:
		return text + fmt.Sprintf(". No other node had got %s by then, so it is lost, although it was acknowledged", t.value)
	case len(t.attempts) > 0:
		return text + fmt.Sprintf(". Since then it was sent to %s %s, and never arrived", t.node, times(len(t.attempts)))
	}
	return text + fmt.Sprintf(". %s had it, too, and did not send it to %s after the restart", wording.And(others), t.node)
}

func (t *gapTale) tellOvertaken() string {
	var m *Sent
	for _, s := range t.gap.have {
		m = s.msg
		break
	}
	t.way(m.Src)
	for _, f := range t.Faults {
		if f.Name == "reorder" && f.Begin <= m.At && m.At <= f.End {
			t.begins(f)
		}
	}
	t.passed(m)
	o := t.culprit
	t.passedOther(o)
	late, lateShown, rest, restShown := t.order()
	return fmt.Sprintf("the %s message with %s came to %s after one that %s had sent later, and %s does not take it. "+
		"Of the %s that first came to %s in a message that was overtaken in this way, its last read shows %d; of %d others, %d. "+
		"It seems to drop what arrives after something later, as if that were a repeat",
		m.Type, t.value, t.node, m.Src, t.node, wording.Plural(late, "value"), t.node, lateShown, rest, restShown)
}

// passedOther adds the step of a message without the element.
func (t *gapTale) passedOther(m *Sent) {
	if !t.told[m.ID] {
		t.told[m.ID] = true
		t.steps = append(t.steps, passes(m, fmt.Sprintf("%s sends %s %s message with %s, %s", m.Src, m.Dest, an(m.Type), t.contents(m), t.fate(m))))
	}
}

// order counts the elements that came to the node before the read, by whether the message that brought them was overtaken, and those that
// the read shows.
func (t *gapTale) order() (late, lateShown, rest, restShown int) {
	shows := make(map[int32]bool)
	for _, n := range t.listed(t.read.done.Value) {
		shows[n] = true
	}
	for n, c := range t.party(t.node) {
		if !c.before(t.read.inv.Time) || !t.IsNode(t.Messages[c.message].Src) {
			continue
		}
		count, showing := &rest, &restShown
		if t.overtaker(&t.Messages[c.message]) != nil {
			count, showing = &late, &lateShown
		}
		*count++
		if shows[int32(n)] {
			*showing++
		}
	}
	return late, lateShown, rest, restShown
}

func (t *gapTale) tellNewest() string {
	since := t.arrived()
	without, of := t.withoutNewest()
	list := values(t.read.done.Value)
	return fmt.Sprintf("%s has had %s for %s when it is asked, and shows %s that came before it. %s is the newest value that %s has: "+
		"of the last %s, %d leave out just the one value that came last to their node",
		t.node, t.value, ms(t.read.inv.Time-since), wording.Plural(len(list), "value"), t.value, t.node, wording.Plural(of, "read"), without)
}

func (t *gapTale) tellUnshown() string {
	since := t.arrived()
	later, shown := 0, 0
	for _, n := range t.listed(t.read.done.Value) {
		if n != unknownElement {
			if c := t.party(t.node)[n]; c.message != noMessage && c.at > since {
				shown++
			}
		}
	}
	for _, c := range t.party(t.node) {
		if c.before(t.read.inv.Time) && c.at > since {
			later++
		}
	}
	how := "a message had brought it " + t.value
	if t.gap.have[0].source == byRequest {
		how = "a client had given it " + t.value
	}
	text := fmt.Sprintf("%s, %s before it was asked, and %s shows it in no read", how, ms(t.read.inv.Time-since), t.node)
	for _, s := range t.gap.have {
		if s.source == bySending {
			t.passed(s.msg)
			text += fmt.Sprintf(", although it even sent it to %s", s.msg.Dest)
			break
		}
	}
	switch {
	case later > 0 && shown == 0:
		text += fmt.Sprintf(". Nor does it show anything that came later (%s): it answers from something old", wording.Plural(later, "value"))
	case shown > 0:
		text += fmt.Sprintf(". It does show %d of %s that came later", shown, wording.Plural(later, "value"))
	}
	return text
}
