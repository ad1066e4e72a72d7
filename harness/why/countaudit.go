package why

import (
	"cmp"
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// A mistake is that of a node with a number in a service: what it makes the sum too high by.
type mistake struct {
	kind   mistakeKind
	off    int64
	due    int64 // what the adds of the node come to that should count, of one that is behind
	add    *add
	change *change // that overwrote another one, or the second one for an add
	first  *change // for the add
	node   string
}

type mistakeKind int

const (
	blind    mistakeKind = iota // a write replaced a number that its node had not seen
	given                       // an add was acknowledged, and nothing was changed for it
	repeated                    // two changes were made for one add
	undead                      // a change was made for an add that failed
	behind                      // the changes of a node do not come to the adds that it acknowledged
	mistakeKinds
)

// An audit compares the changes of numbers in services with the adds.
type audit struct {
	mistakes [mistakeKinds][]mistake
	open     int64 // the sum of the adds of unknown outcome that count
}

// newAudit finds for which add each change was made: one of the same size on the same node, which has not been answered.
func newAudit(t *tally, n *numbers) *audit {
	a := &audit{}
	var all []*change
	for _, list := range n.changes {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *change) int { return cmp.Compare(a.reply.ID, b.reply.ID) })
	changes := make(map[*add][]*change)
	meant := make(map[string]int64) // by node
	for _, c := range all {
		meant[c.request.Src] += c.meant()
		if c.before != nil && c.before.request.Src != c.request.Src && c.base != c.prev {
			a.add(mistake{kind: blind, off: c.base - c.prev, change: c})
		}
		if c.added = t.adder(c, changes); c.added != nil {
			changes[c.added] = append(changes[c.added], c)
		}
	}
	singly := len(changes) > len(t.adds)/2 // and not in batches
	for _, node := range sortedKeys(t.byNode) {
		var found []mistake
		due, off := int64(0), int64(0)
		for _, x := range t.byNode[node] {
			made := changes[x]
			switch {
			case x.outcome == history.OK:
				due += x.delta
				if len(made) == 0 {
					found = append(found, mistake{kind: given, off: -x.delta, add: x, node: node})
				}
			case len(made) == 0:
			case x.outcome == history.Fail:
				found = append(found, mistake{kind: undead, off: x.delta, add: x, first: made[0], node: node})
			default:
				due += x.delta
				a.open += x.delta
			}
			for _, c := range made[min(1, len(made)):] {
				found = append(found, mistake{kind: repeated, off: x.delta, add: x, first: made[0], change: c, node: node})
			}
		}
		for _, m := range found {
			off += m.off
		}
		switch {
		case singly && meant[node] == due+off:
			for _, m := range found {
				a.add(m)
			}
		case meant[node] < due:
			a.add(mistake{kind: behind, off: meant[node] - due, due: due, node: node})
		}
	}
	return a
}

func (a *audit) add(m mistake) { a.mistakes[m.kind] = append(a.mistakes[m.kind], m) }

// adder returns the add for which a change was made: of those under way that have its size, the first that has none yet, or else the first;
// nil if there is none.
func (t *tally) adder(c *change, made map[*add][]*change) *add {
	const most = 200 // under way at a time
	adds := t.byNode[c.request.Src]
	i, _ := slices.BinarySearchFunc(adds, c.request.At, func(a *add, at int64) int {
		if a.begin <= at {
			return -1
		}
		return 1
	})
	var first *add
	for _, a := range adds[max(0, i-most):i] {
		if a.delta != c.meant() || a.end < c.request.At {
			continue
		}
		if len(made[a]) == 0 {
			return a
		}
		if first == nil {
			first = a
		}
	}
	return first
}

// misled explains a read of a sum that the service has right, but which is itself wrong.
func (t *accounts) misled(w *wrong, o origin) (Cause, bool) {
	total, most, size := int64(0), -1, int64(0)
	var sums [mistakeKinds]int64
	for kind, list := range t.mistakes {
		for _, m := range list {
			sums[kind] += m.off
		}
		total += sums[kind]
		if s := max(sums[kind], -sums[kind]); len(list) > 0 && s > size {
			most, size = kind, s
		}
	}
	if most < 0 {
		return Cause{}, false
	}
	list := t.mistakes[most]
	c := t.tell(list[0])
	if n := len(list); n > 1 {
		c.So += fmt.Sprintf(". This happened %s in the run, which makes %d altogether", times(n), max(sums[most], -sums[most]))
	}
	if total == w.value-t.known-t.audit.open {
		c.So += fmt.Sprintf("%s exactly by how much the read is wrong", map[bool]string{true: ", and that is", false: ". That is"}[len(list) > 1])
	}
	return c, true
}

// tell tells of a mistake.
func (t *accounts) tell(m mistake) Cause {
	switch m.kind {
	case blind:
		return t.tellOverwritten(m.change)
	case given:
		return t.tellGiven(m.add)
	case behind:
		return t.tellBehind(m)
	}
	return t.tellTwice(m)
}

// tellOverwritten tells of a number that was overwritten by a node that had not seen it.
func (t *accounts) tellOverwritten(c *change) Cause {
	key, node, other := []string{c.key}, c.request.Src, c.before
	cause := Cause{Pattern: "overwritten"}
	if c.read != nil && c.read.reads() {
		cause.Story = append(cause.Story, c.read.tells(key))
	}
	cause.Story = append(cause.Story, other.ask(key), c.ask(key))
	cause.So = fmt.Sprintf("%s made %d of the %d that it had seen, and wrote that over the %d of %s: so %s is lost. "+
		"Nobody may change a number that has changed since it was read: compare-and-set (cas) refuses that, a write does not", node, c.number, c.base, c.prev, other.request.Src, lostBetween(c.base, c.prev))
	return cause
}

// lostBetween says what is lost of a number that goes back.
func lostBetween(base, prev int64) string {
	if prev >= base {
		return fmt.Sprintf("an add of %d", prev-base)
	}
	return fmt.Sprintf("a subtraction of %d", base-prev)
}

// tellGiven tells of an add that was acknowledged and not carried out.
func (t *accounts) tellGiven(a *add) Cause {
	c := Cause{Pattern: "not done", Story: []Step{t.adding(a, "")}}
	refused := t.refusal(a)
	lost := slices.IndexFunc(t.lost, func(m *Sent) bool { return m.Src == a.node && m.At >= a.begin && m.At <= a.end })
	switch {
	case refused != nil:
		key := []string{refused.key}
		if now := t.inForce(refused.slot, refused.reply.ID); now != nil && now.request.Src != a.node {
			c.Story = append(c.Story, now.ask(key))
		}
		c.Story = append(c.Story, refused.ask(key), refused.tells(key))
		c.Pattern = "refused"
		c.So = fmt.Sprintf("%s refused to change the number, as another node had been faster. %s did not try again, and acknowledged the add all the same: it is lost", refused.slot.service, a.node)
	case lost >= 0:
		m := t.lost[lost]
		c.Story = append(c.Story, passes(m, fmt.Sprintf("%s sends %s a %s, which never arrives", a.node, m.Dest, m.Type)))
		c.Pattern = "request lost"
		c.So = fmt.Sprintf("the request of %s never came to %s, and %s acknowledged the add all the same", a.node, m.Dest, a.node)
	default:
		c.So = fmt.Sprintf("%s acknowledged the add, and the record shows no request of %s to a service that carries it out%s", a.node, a.node, t.unlessWhole())
	}
	c.Story = inOrder(append(c.Story, t.answered(a, fmt.Sprintf("%s acknowledges the add of %d", a.node, a.delta))))
	return c
}

// refusal returns the last request for an add that a service refused; nil if there is none.
func (t *accounts) refusal(a *add) *served {
	for _, s := range slices.Backward(t.refused) {
		from, ok := integer(s.expected)
		if s.request.Src == a.node && s.request.At >= a.begin && s.at <= a.end && ok && s.number-from == a.delta {
			return s
		}
	}
	return nil
}

// tellTwice tells of an add for which a number was changed twice, or once although it had failed.
func (t *accounts) tellTwice(m mistake) Cause {
	key := []string{m.first.key}
	c := Cause{Story: []Step{t.adding(m.add, ""), m.first.ask(key)}}
	node := m.node
	if m.kind == undead {
		c.Pattern = "failed"
		c.Story = append(c.Story, t.answered(m.add, fmt.Sprintf("%s answers that the add of %d failed", node, m.add.delta)))
		c.So = fmt.Sprintf("%s said that the add had certainly not happened, but %s had carried it out. If that is not known, the answer has to leave it open (a timeout)", node, m.first.slot.service)
		return c
	}
	c.Pattern = "twice"
	c.Story = append(c.Story, m.change.ask(key))
	why := fmt.Sprintf("%s had already carried out the first", m.first.slot.service)
	if _, ok := m.first.reply.Arrival(); !ok {
		why += fmt.Sprintf(", and only its reply did not come to %s", node)
	} else if m.first.seen > m.change.request.At {
		why += fmt.Sprintf(", and only its reply came late, at %s", seconds(m.first.seen))
	}
	c.So = fmt.Sprintf("%s asked twice to add the same %d: %s. A request without a reply may have been carried out, so it must not simply be made again, on what is there then", node, m.add.delta, why)
	return c
}

// anew returns the first change with which a node counted from 0 again, and the fault that had killed it since its change before; nil if there
// is none.
func (t *accounts) anew(node string) (*change, *history.Fault) {
	for _, key := range t.keysOf(node) {
		for _, c := range t.changes[key] {
			if c.request.Src != node || c.before == nil || c.before.request.Src != node || c.before.number == 0 {
				continue
			}
			for _, kill := range t.hit("kill", node, c.before.at, c.request.At) {
				since := int64(0)
				for _, a := range t.byNode[node] {
					if kill.End <= a.begin && a.begin <= c.request.At && a.counts() {
						since += a.delta
					}
				}
				if kill.End <= c.request.At && since != 0 && c.number == since {
					return c, kill
				}
			}
		}
	}
	return nil, nil
}

// keysOf returns the places of the numbers that a node changed, in order.
func (t *accounts) keysOf(node string) (all []kvKey) {
	for key, list := range t.changes {
		if slices.ContainsFunc(list, func(c *change) bool { return c.request.Src == node }) {
			all = append(all, key)
		}
	}
	slices.SortFunc(all, func(a, b kvKey) int { return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.key, b.key)) })
	return all
}

// tellBehind tells of a node that does not put all into the service that it acknowledged.
func (t *accounts) tellBehind(m mistake) Cause {
	c := Cause{Pattern: "behind"}
	var last *change
	for _, list := range t.changes {
		if i := slices.IndexFunc(list, func(c *change) bool { return c.request.Src == m.node }); i >= 0 {
			for _, c := range list[i:] {
				if c.request.Src == m.node && (last == nil || c.reply.ID > last.reply.ID) {
					last = c
				}
			}
		}
	}
	c.So = fmt.Sprintf("%s was given adds that come to %d, but what it put into services comes to %d%s", m.node, m.due, m.due+m.off, t.unlessWhole())
	if last == nil {
		return c
	}
	if again, kill := t.anew(m.node); again != nil {
		key := []string{again.key}
		c.Pattern = "behind, restart"
		c.Story = inOrder([]Step{again.before.ask(key), begins(kill, fmt.Sprintf("%s is killed; it is started again at %s", m.node, seconds(kill.End))), again.ask(key)})
		c.So += fmt.Sprintf(". It had put %d into key %s of %s before it was killed, and then put %d there, which is what its adds come to since the restart: it did not go on from what was there, and the %d are lost", again.before.number, again.key, again.slot.service, again.number, again.before.number)
		return c
	}
	c.Story = append(c.Story, last.ask([]string{last.key}))
	c.So += fmt.Sprintf(". Its last change of a number is that at %s", seconds(last.at))
	var late []*add
	for _, a := range t.byNode[m.node] {
		if a.begin > last.request.At && a.outcome == history.OK {
			late = append(late, a)
		}
	}
	if sumOf(late) == -m.off {
		c.Story = append(c.Story, t.adding(late[0], fmt.Sprintf(", the first of %s after that", wording.Plural(len(late), "add"))))
		c.So += ", and the adds after it are exactly what is missing"
	}
	return c
}
