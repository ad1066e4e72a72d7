package why

import (
	"fmt"
	"slices"

	"glomers/internal/wording"
)

func (t *gapTale) tellLost() string {
	var mine []*Sent // of the node that tried most
	senders := make(map[string]int)
	for _, m := range t.attempts {
		senders[m.Src]++
		if m.Src == t.from {
			mine = append(mine, m)
		}
	}
	first, last := mine[0], mine[len(mine)-1]
	t.way(t.from)
	if f, _ := t.loss(first); f != nil {
		t.begins(f)
	}
	t.passed(first)
	if len(mine) > 2 {
		second := mine[1]
		t.told[second.ID] = true
		more := fmt.Sprintf("%d times more", len(mine)-1)
		if len(mine) > maxKept {
			more = "again and again"
		}
		t.steps = append(t.steps, passes(second, fmt.Sprintf("%s sends it %s, the last time at %s: lost each time", t.from, more, seconds(last.At))))
	} else if len(mine) == 2 {
		t.passed(last)
	}
	often := times(len(mine))
	if len(mine) > maxKept {
		often = fmt.Sprintf("more than %d times", maxKept)
	}
	text := fmt.Sprintf("%s sent %s to %s %s, ", t.from, t.value, t.node, often)
	if len(mine) == 1 {
		text += "and that was lost"
	} else {
		text += "and it was lost each time"
	}
	if others := len(t.attempts) - len(mine); others > 0 {
		text += fmt.Sprintf(" (so %s %s from %s)", map[bool]string{true: "was", false: "were"}[others == 1], wording.Plural(others, "other"), wording.And(slices.DeleteFunc(sorted(senders), func(id string) bool { return id == t.from })))
	}
	later, next := t.withoutIt(last.At)
	if next != nil {
		t.passedOther(next)
	}
	switch t.kind {
	case miscounted:
		text += t.counted(last)
	case gaveUp:
		text += t.stopped(last)
	}
	if later > 0 {
		text += fmt.Sprintf(". Afterwards %s of %s reached %s, none with %s", wording.Plural(later, "message"), t.from, t.node, t.value)
	} else {
		text += fmt.Sprintf(". %s did not send it again", t.from)
	}
	text += t.neither(senders)
	switch t.kind {
	case lostOnce:
		text += ": nothing is repeated. What may get lost has to be sent again until its receiver has acknowledged it"
	case gaveUp:
		text += ". What may get lost has to be sent again until its receiver has acknowledged it, however long that takes"
	}
	return text
}

// sorted returns the ids of nodes in their order.
func sorted[V any](nodes map[string]V) []string {
	all := sortedKeys(nodes)
	slices.SortFunc(all, compareIDs)
	return all
}

// stopped says when the sender gave up.
func (t *gapTale) stopped(last *Sent) string {
	text := fmt.Sprintf(", the last time at %s. Then it gave up", seconds(last.At))
	if f, _ := t.loss(last); f != nil && f.End > last.Ends[0].At && f.End < t.read.inv.Time {
		text += fmt.Sprintf(", %s before the fault ended", ms(f.End-last.At))
	}
	return text + ", without an answer from " + t.node
}

// counted says which answers the sender had when it stopped.
func (t *gapTale) counted(last *Sent) string {
	a := t.answers(t.gap)
	var by []string
	for _, id := range sorted(a.by) {
		by = append(by, fmt.Sprintf("%d from %s", a.by[id], id))
	}
	t.steps = append(t.steps, note(a.last, t.from, fmt.Sprintf("until now, %s has had %s to its messages with %s: %s; none from %s",
		t.from, wording.Plural(a.n, "answer"), t.value, wording.And(by), t.node)))
	return fmt.Sprintf(". It stopped when it had %s: it sends to %s (%s), but all answers came from %s, once for each repeat. "+
		"It looks as if answers are counted without a look at who sent them", wording.Plural(a.n, "answer"), wording.Plural(len(a.to), "node"),
		wording.And(sorted(a.to)), wording.And(sorted(a.by)))
}

// withoutIt returns how many messages without the element came to the node after a time, from the one that could have sent it, and the
// first of them, or the first that carries anything.
func (t *gapTale) withoutIt(after int64) (n int, first *Sent) {
	carrier := false
	for _, i := range t.link(t.from, t.node).messages {
		m := &t.Messages[i]
		at, ok := m.Arrival()
		if m.At <= after || !ok || at >= t.read.inv.Time || among(t.carriers[t.n], m) {
			continue
		}
		n++
		if first == nil || !carrier && len(t.content(m)) > 0 {
			first, carrier = m, len(t.content(m)) > 0
		}
	}
	return n, first
}

// neither names the other nodes that had the element and could have sent it, but for some.
func (t *gapTale) neither(but map[string]int) string {
	others := t.holders(t.have, append(sortedKeys(but), t.node)...)
	if len(t.topology) > 0 {
		others = slices.DeleteFunc(others, func(id string) bool { return !t.adjacent(id, t.node) })
	}
	switch {
	case len(others) == 0:
		return ""
	case len(others) > maxNamed:
		others = append(others[:maxNamed:maxNamed], wording.Plural(len(others)-maxNamed, "other"))
	}
	return fmt.Sprintf("; %s had it, too, and did not send it to %s", wording.And(others), t.node)
}

func (t *gapTale) tellLate() string {
	m := t.attempts[0]
	for _, a := range t.attempts {
		if at, ok := a.Arrival(); ok || len(a.Ends) == 0 {
			if m = a; ok && at > 0 {
				break
			}
		}
	}
	t.way(m.Src)
	t.passed(m)
	at, ok := m.Arrival()
	if !ok {
		return fmt.Sprintf("%s was under way to %s when the run ended", t.value, t.node)
	}
	return fmt.Sprintf("%s came to %s only at %s, %s after it had been acknowledged or shown, and after the read had begun", t.value, t.node, seconds(at), ms(at-t.known))
}

func (t *gapTale) tellUnsent() string {
	switch t.kind {
	case muted, silent, oneWay:
		if t.hidden { // what is not found may have been sent all the same
			return fmt.Sprintf("the record shows no message of %s to %s that contains %s in a form that can be recognized", t.from, t.node, t.value)
		}
	}
	switch t.kind {
	case muted:
		return t.tellMuted()
	case silent:
		return t.tellSilent()
	case untold:
		return fmt.Sprintf("the record shows no message that contains %s on its way to %s, and yet other nodes have it: it is not known how it travels", t.value, t.node)
	}
	if t.kind == farther {
		t.way(t.from)
		return fmt.Sprintf("%s had %s, and sends %s no value in the whole run. In the topology, it is no neighbour of %s, and none of the neighbours of %s had got %s", t.from, t.value, t.node, t.node, t.node, t.value)
	}
	others := t.holders(t.have, t.node)
	t.way(t.from)
	had := t.have[t.from].at
	neighbour := ""
	if t.adjacent(t.from, t.node) {
		neighbour = fmt.Sprintf(" and is a neighbour of %s in the topology", t.node)
	}
	if len(others) > 1 {
		latest := int64(0)
		for _, id := range others {
			latest = max(latest, t.have[id].at)
		}
		t.steps = append(t.steps, note(latest, "", fmt.Sprintf("by now %s have %s", t.names(others), t.value)))
	}
	later, next := t.withoutIt(had)
	if t.kind == oneWay {
		text := fmt.Sprintf("%s had %s%s, but sends %s no value at all in the whole run", t.from, t.value, neighbour, t.node)
		if back := t.link(t.node, t.from).carrying; back > 0 {
			text += fmt.Sprintf(", while %s sends %s %s with values", t.node, t.from, wording.Plural(back, "message"))
		}
		if single, all := t.edges(); single > 1 {
			text += fmt.Sprintf(". Of the %s of the topology, %d carry values in one direction only", wording.Plural(all, "edge"), single)
		}
		return text + t.neither(map[string]int{t.from: 1})
	}
	if next != nil {
		t.passedOther(next)
	}
	return fmt.Sprintf("%s had %s%s. After that, %s of %s reached %s, and none of them brought %s%s",
		t.from, t.value, neighbour, wording.Plural(later, "message"), t.from, t.node, t.value, t.neither(map[string]int{t.from: 1}))
}

// names names nodes, not too many.
func (t *gapTale) names(ids []string) string {
	if len(ids) > maxNamed {
		return fmt.Sprintf("%s and %s", wording.And(ids[:1]), wording.Plural(len(ids)-1, "other node"))
	}
	return wording.And(ids)
}

// edges returns how many edges of the topology carry elements in one direction only, and how many there are.
func (t *gapTale) edges() (single, all int) {
	for _, a := range t.Nodes {
		for _, b := range t.topology[a] {
			if compareIDs(a, b) > 0 && slices.Contains(t.topology[b], a) {
				continue
			}
			all++
			if (t.link(a, b).carrying == 0) != (t.link(b, a).carrying == 0) {
				single++
			}
		}
	}
	return single, all
}

func (t *gapTale) tellSilent() string {
	text := fmt.Sprintf("%s acknowledged %s, and sent it to nobody", t.owner, t.value)
	if !t.elements[t.n].acked {
		text = fmt.Sprintf("%s had %s, and sent it to nobody", t.owner, t.value)
	}
	if near := t.topology[t.owner]; len(near) > 0 {
		text += fmt.Sprintf(", although the topology gave it the neighbour%s %s", map[bool]string{true: "s"}[len(near) > 1], t.names(near))
	}
	between, mine := 0, 0
	for ends, l := range t.links {
		if ends[0] != ends[1] {
			between += l.carrying
			if ends[0] == t.owner {
				mine += l.carrying
			}
		}
	}
	switch {
	case between == 0:
		text += ". The nodes exchange no values in the whole run, so each has only what its own clients gave it"
	case mine == 0:
		text += fmt.Sprintf(". %s sends no value to any node in the whole run", t.owner)
	default:
		text += fmt.Sprintf(". Of the %s with values that it sends in the run, none contains it", wording.Plural(mine, "message"))
	}
	return text
}

// tellMuted tells of a node that sends no elements since it was started again.
func (t *gapTale) tellMuted() string {
	t.way(t.from)
	begun := t.begun(t.from, t.have[t.from].at)
	for _, k := range t.hit("kill", t.from, begun, begun) {
		t.steps = append(t.steps, begins(k, fmt.Sprintf("%s is killed; it is started again at %s", t.from, seconds(k.End))))
	}
	text := fmt.Sprintf("%s had %s, and sent it to nobody. Since it was started again at %s, it has sent no value to any node", t.from, t.value, seconds(begun))
	if n := t.filledBefore(t.from, begun); n > 0 {
		text += fmt.Sprintf("; before, it had sent %s with values", wording.Plural(n, "message"))
	}
	if told, ok := t.toldAt[t.from]; ok && told < begun {
		text += fmt.Sprintf(". It was told the topology at %s, before the restart, and not again: it may have lost that", seconds(told))
	}
	return text
}

// filledBefore returns how many messages with elements a node sent to others before a time.
func (f *frontier) filledBefore(node string, before int64) (n int) {
	for _, m := range f.sentBetween(node, 0, before-1) {
		if f.IsNode(m.Dest) && m.Dest != node && len(f.content(m)) > 0 {
			n++
		}
	}
	return n
}
