package why

import (
	"fmt"
	"slices"
)

// collision explains a place at which several messages were seen.
func (x *logs) collision(p place) (Cause, bool) {
	if c, ok := x.shared[p]; ok {
		return c, c.Kind != ""
	}
	x.shared[p] = Cause{}
	all := slices.Clone(x.places[p])
	if len(all) < 2 {
		return Cause{}, false
	}
	slices.SortStableFunc(all, func(a, b sight) int { return x.rank(a) - x.rank(b) })
	c, ok := x.collide(p, all[0], all[1])
	if ok {
		x.shared[p] = c
	}
	return c, ok
}

func (x *logs) collide(p place, a, b sight) (Cause, bool) {
	first, okA := x.placing(a.version)
	second, okB := x.placing(b.version)
	if !okA || !okB {
		return Cause{}, false
	}
	if second.begin < first.begin {
		first, second, a, b = second, first, b, a
	}
	c := Cause{Kind: "inconsistent-offsets", Victim: fmt.Sprintf("offset %d of key %s", p.offset, clipped(p.key))}
	both := x.rank(a) == 0 && x.rank(b) == 0
	c.Headline = fmt.Sprintf("offset %d of key %s holds both message %s and message %s", p.offset, clipped(p.key), clipped(a.value), clipped(b.value))
	if both {
		c.Headline = fmt.Sprintf("offset %d of key %s was given to message %s by %s and to message %s by %s", p.offset, clipped(p.key), clipped(a.value), first.by, clipped(b.value), second.by)
		if first.by == second.by {
			c.Headline = fmt.Sprintf("offset %d of key %s was given to message %s and to message %s, both times by %s", p.offset, clipped(p.key), clipped(a.value), clipped(b.value), first.by)
		}
	}
	t := x.tale()
	t.send(first)
	t.send(second)
	for _, s := range []sight{a, b} {
		if x.rank(s) > 0 {
			g := x.poll(s.op, p.key)
			t.add(x.step(g, g.index(s)))
		}
	}
	switch {
	case t.refusedYet(&c, first), t.refusedYet(&c, second), t.raced(&c, first, second):
	case both:
		t.counted(&c, p, first, second)
	default:
		if moved, ok := t.movedBy(p, a, b); ok {
			moved.Victim = c.Victim
			return moved, true
		}
		t.renumbered(&c, p, a, b, first, second)
	}
	c.Story = inOrder(t.steps)
	return c, c.So != ""
}

// refusedYet explains a message that was acknowledged although a service had refused to store it, or its offset.
func (t *logTale) refusedYet(c *Cause, g placing) bool {
	if !g.acked || !t.Whole {
		return false
	}
	var last call
	for _, w := range g.calls {
		switch {
		case w.reads():
		case w.refused == "":
			return false // requests of other operations may be among these, too
		case t.brings(w.request, g.version) || last.request == nil:
			last = w
		}
	}
	if last.request == nil {
		return false
	}
	t.call(last)
	c.Pattern = "refused " + last.request.Dest
	c.So = fmt.Sprintf("%s refused the %s of %s for %s (%s), and %s acknowledged the message all the same: a refusal means that nothing was written, so it has to try again with what is there now",
		last.request.Dest, last.request.Type, g.by, g.name(), last.refused, g.by)
	return true
}

// raced explains two messages that were put at one place by way of a service.
func (t *logTale) raced(c *Cause, a, b placing) bool {
	for _, w := range slices.Backward(a.calls) {
		if w.reads() || !w.arrived || w.refused != "" {
			continue
		}
		for _, v := range slices.Backward(b.calls) {
			if v.reads() || !v.arrived || v.refused != "" || v.key != w.key || v.request.Dest != w.request.Dest || v.request == w.request {
				continue
			}
			if t.writes(c, a, b, w, v) {
				return true
			}
		}
	}
	return false
}

// writes explains what two writes to the same key of a service did.
func (t *logTale) writes(c *Cause, a, b placing, w, v call) bool {
	if v.there < w.there {
		a, b, w, v = b, a, v, w
	}
	service, where := w.request.Dest, fmt.Sprintf("key %s of %s", clipped(w.key), w.request.Dest)
	before, okA := looked(a, w)
	after, okB := looked(b, v)
	cell := t.brings(w.request, a.version) && t.brings(v.request, b.version)
	same := okA && okB && before.told() == after.told()
	switch {
	case !cell && !same:
		return false
	case okB && after.there >= w.there && service == "lin-kv":
		return false // it is linearizable, so the read belongs to something else
	case okB && after.there >= w.there && same:
		t.call(before)
		t.call(w)
		t.call(after)
		t.call(v)
		c.Pattern = "stale " + service
		c.So = fmt.Sprintf("%s had the write of %s from %s on, and yet gave %s the older state at %s: its reads may be stale. An offset must not depend on such a read alone: %s",
			service, a.by, seconds(w.there), b.by, seconds(after.there), onlyByCAS)
		return true
	case okB && after.there < w.there:
		if okA {
			t.call(before)
		}
		t.call(after)
		t.call(w)
		t.call(v)
		what := "found " + after.told()
		c.Pattern = "race " + service
		who := fmt.Sprintf("%s and %s both looked at %s", a.by, b.by, where)
		if a.by == b.by {
			who = fmt.Sprintf("%s looked at %s for both messages", a.by, where)
		}
		if !same {
			who, what = fmt.Sprintf("%s looked at %s", b.by, where), "found "+after.told()
		}
		c.So = fmt.Sprintf("%s before either had written there, %s, and so took the same offset", who, what)
		if !same {
			c.So = fmt.Sprintf("%s before %s had written there, and %s", who, a.by, what)
		}
		if cell {
			c.So += fmt.Sprintf("; the later write replaced %s by %s", a.name(), b.name())
		}
		c.So += ". Between a look and a write others may write: " + onlyByCAS
		return true
	case okB:
		return false // it had seen the other's write
	}
	t.call(w)
	t.call(v)
	c.Pattern = "overwritten " + service
	c.So = fmt.Sprintf("%s wrote %s to %s, where %s had put %s, without looking first: the nodes do not agree who may use an offset. %s",
		b.by, b.name(), where, a.by, a.name(), capital(onlyByCAS))
	return true
}

const onlyByCAS = "reading and writing must be one step that fails if somebody else was faster (cas), and is then tried again"

func capital(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// told returns what a read found.
func (c call) told() string {
	if c.refused != "" {
		return "nothing"
	}
	return shown(c.result)
}

// looked returns the last read of a key before a write to it, for the same send.
func looked(g placing, w call) (call, bool) {
	for _, c := range slices.Backward(g.calls) {
		if c.reads() && c.reply != nil && c.arrived && c.key == w.key && c.request.Dest == w.request.Dest && c.request.ID < w.request.ID {
			return c, true
		}
	}
	return call{}, false
}

// counted explains an offset that nodes gave out without a service that both had asked.
func (t *logTale) counted(c *Cause, p place, a, b placing) {
	key := clipped(p.key)
	if a.by == b.by {
		t.countedTwice(c, p, a, b)
		return
	}
	have := t.reached(a.version, a.by, a.begin)
	news, ok := have[b.by]
	if len(a.calls) > 0 && len(b.calls) > 0 {
		t.call(a.calls[len(a.calls)-1])
		t.call(b.calls[len(b.calls)-1])
		c.Pattern = "undecided"
		c.So = fmt.Sprintf("both nodes asked a service about key %s, and yet took the same offset: what they do there does not decide which of them may have it. %s", key, capital(onlyByCAS))
		return
	}
	switch {
	case ok && news.at < b.begin:
		t.carry(path(have, b.by, b.begin), a.version)
		c.Pattern = "told"
		c.So = fmt.Sprintf("%s had got %s %s before it was asked to put %s somewhere, and yet gave it the same offset: it does not count the messages of others, or takes the next offset from something else",
			b.by, a.name(), ms(b.begin-news.at), b.name())
		return
	case ok:
		t.carry(path(have, b.by, t.End), a.version)
		if back, ok := t.reached(b.version, b.by, b.begin)[a.by]; ok && back.via != nil {
			t.carry([]*Sent{back.via}, b.version)
		}
		c.Pattern = "own count"
		c.So = fmt.Sprintf("%s and %s each took the next offset of what they had themselves, and acknowledged it: %s gave it to %s before it had heard of %s, which came to it at %s. ", a.by, b.by, b.by, b.name(), a.name(), seconds(news.at))
	case t.lostTo(a.version, b.by, b.begin) != nil:
		m := t.lostTo(a.version, b.by, b.begin)
		t.carry([]*Sent{m}, a.version)
		c.Pattern = "own count"
		c.So = fmt.Sprintf("%s had not heard of %s%s, as the %s with it was lost, and gave its offset to %s: each node takes the next offset of what it has itself. ", b.by, a.name(), t.unlessWhole(), m.Type, b.name())
	default:
		c.Pattern = "own count"
		c.So = fmt.Sprintf("%s and %s each count the offsets of key %s on their own", a.by, b.by, key)
		switch {
		case !t.Whole || t.unread:
			c.So += ", as far as the record shows, which is not complete"
		case t.links[[2]string{a.by, b.by}]+t.links[[2]string{b.by, a.by}] == 0:
			c.So += "; they never send each other a message"
		default:
			c.So += fmt.Sprintf("; the record shows no message by which %s could have heard of %s", b.by, a.name())
		}
		c.So += ". "
	}
	c.So += "For each offset somebody has to decide before it is acknowledged: one node for each key, or a compare-and-set in a service"
	t.moved(c, p, a, b)
}

// moved adds a poll that shows, at another offset, one of two messages that had been acknowledged at the same offset.
func (t *logTale) moved(c *Cause, p place, a, b placing) {
	for _, offset := range t.offsets[p.key] {
		for _, s := range t.places[place{p.key, offset}] {
			if offset == p.offset || t.rank(s) == 0 || s.version != a.version && s.version != b.version {
				continue
			}
			q := t.poll(s.op, p.key)
			t.add(t.step(q, q.index(s)))
			c.So += fmt.Sprintf(". And what was acknowledged must stay where it is: %s shows %s at offset %d", q.node, s.text(), s.offset)
			return
		}
	}
}

// countedTwice explains an offset that one node gave out twice, without asking anybody.
func (t *logTale) countedTwice(c *Cause, p place, a, b placing) {
	key := clipped(p.key)
	for _, f := range t.hit("kill", a.by, a.end, b.begin) {
		if f.Begin < a.begin || f.End > b.end {
			continue
		}
		c.Pattern = "restart"
		c.Headline = fmt.Sprintf("offset %d of key %s was given to message %s and, after a restart of %s, to message %s", p.offset, key, clipped(a.value), a.by, clipped(b.value))
		t.add(begins(f, fmt.Sprintf("%s is killed; it is started again at %s", a.by, seconds(f.End))))
		c.So = fmt.Sprintf("%s was started again in between, and counts key %s from an earlier value: what it had given out was only in its memory, or not stored before it was acknowledged", a.by, key)
		return
	}
	if b.begin < a.end {
		c.Pattern = "overlap"
		c.So = fmt.Sprintf("%s had not answered the one when it was asked for the other, so both ran at the same time: between choosing the offset and counting it, it went on with another request", a.by)
		return
	}
	c.Pattern = "same node"
	c.So = fmt.Sprintf("%s gave the offset out %s apart, and the record shows no restart in between: it does not keep what it has given out", a.by, ms(b.end-a.end))
}

// movedBy returns the explanation of an earlier offset that was given out twice, if a message that a poll shows at a place had been
// acknowledged at another one: what is behind an offset with two messages moves.
func (t *logTale) movedBy(p place, a, b sight) (Cause, bool) {
	for _, s := range []sight{a, b} {
		at, _, ok := t.offsetOf(s.version)
		if !ok || t.rank(s) == 0 || at == p.offset {
			continue
		}
		for _, offset := range slices.Backward(t.offsets[p.key]) {
			if offset > max(at, p.offset) || offset == p.offset {
				continue
			}
			earlier := place{p.key, offset}
			if all := t.places[earlier]; len(all) > 1 && t.rank(all[0]) == 0 && t.rank(all[1]) == 0 {
				return t.collision(earlier)
			}
		}
	}
	return Cause{}, false
}

// renumbered explains a message that a poll shows where another node has put another one.
func (t *logTale) renumbered(c *Cause, p place, a, b sight, first, second placing) {
	shownBy, s, other, g := t.Ops[b.op].Node, b, a, first
	if t.rank(b) == 0 {
		shownBy, s, other, g = t.Ops[a.op].Node, a, b, second
	}
	c.Pattern = "renumbered"
	have := t.reached(other.version, g.by, g.begin)
	own := t.reached(s.version, t.node(s.version), 0)
	t.carry(path(have, shownBy, t.End), other.version)
	t.carry(path(own, shownBy, t.End), s.version)
	c.So = fmt.Sprintf("%s shows %s at offset %d, where %s has %s: the nodes do not have the same log. ", shownBy, s.text(), p.offset, t.Ops[other.op].Node, other.text())
	x, okX := own[shownBy]
	y, okY := have[shownBy]
	before, _, known := t.offsetOf(s.version)
	_, twice := t.elsewhere[s.version]
	switch m := t.doubled(s.version, shownBy); {
	case known && before < p.offset && twice && m != nil:
		c.So += fmt.Sprintf("The %s with %s came to %s twice, and %s takes a repeat for something new. ", m.Type, s.text(), shownBy, shownBy)
	case known && before < p.offset: // it was to come first
	case okX && okY && x.at <= y.at:
		c.So = fmt.Sprintf("%s got %s before %s, and numbers messages as they come in; %s had put the other one at offset %d. ", shownBy, s.text(), other.text(), t.Ops[other.op].Node, p.offset)
	}
	c.So += "An offset has to be decided once, and to go with the message to all nodes"
}
