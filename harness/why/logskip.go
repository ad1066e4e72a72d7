package why

import (
	"fmt"
	"strings"

	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// skipped explains a poll that passed over a message: what it began from, and what its node knew of the message.
func (t *logTale) skipped(c *Cause, from, to, over sight) {
	p := t.poll(to.op, to.key)
	within := from.op == to.op
	c.Headline = fmt.Sprintf("%s shows %s message %s at offset %d of key %s right after message %s at %d, without message %s at %d",
		p.node, client(p.inv), clipped(to.value), to.offset, clipped(to.key), clipped(from.value), from.offset, clipped(over.value), over.offset)
	if !within {
		before := t.poll(from.op, from.key)
		t.add(t.step(before, before.index(from)))
	}
	t.add(t.step(p, p.index(to)))
	t.unshown(c, p, over, to)
}

// unshown completes the cause of a poll that did not show a message, although it showed another one behind it, if that is known. The
// conclusions go from the surest to the weakest.
func (t *logTale) unshown(c *Cause, p poll, over, behind sight) {
	g, ok := t.placing(over.version)
	if !ok {
		return
	}
	t.send(g)
	p = t.passedOn(p, g)
	name, node := over.text(), p.node
	have := t.reached(over.version, g.by, g.begin)
	here, arrived := have[node]
	had, first := t.hadShown(over.version, p)
	switch {
	case p.asked && p.from > over.offset:
		c.Pattern = "asked behind"
		c.So = fmt.Sprintf("%s asked from offset %d on, which is behind %s: it had been shown a higher offset before, and does not come back", client(p.inv), p.from, name)
		if ok && g.acked && g.end > p.end {
			c.So += fmt.Sprintf(". %s got offset %d only at %s: offsets have to be given out in the order in which they can be seen", name, g.offset, seconds(g.end))
		}
	case g.begin > p.end:
		c.Pattern = "offset later"
		c.So = fmt.Sprintf("%s was sent only after %s had been shown at offset %d, and yet got the lower offset %d: a consumer that is past it never sees it. Later messages need higher offsets", name, behind.text(), behind.offset, over.offset)
	case t.restarted(c, p, g):
	case had:
		t.leftOut(c, p, over, fmt.Sprintf("%s had itself shown %s at %s", node, name, seconds(t.Ops[first].Time)))
	case g.acked && g.by == node && g.end <= p.begin:
		t.leftOut(c, p, over, fmt.Sprintf("%s had itself acknowledged %s %s before", node, name, ms(p.begin-g.end)))
	case t.readService(c, p, g, over, behind, have):
	case arrived && here.at < p.begin && here.via != nil:
		t.carry(path(have, node, p.begin), over.version)
		t.leftOut(c, p, over, fmt.Sprintf("%s had got %s %s before it was asked", node, name, ms(p.begin-here.at)))
	default:
		t.notThere(c, p, g, over, behind, have)
	}
}

// hadShown returns the first poll, by completion, in which the node of a poll had shown a message before.
func (t *logTale) hadShown(v version, p poll) (had bool, first int) {
	first, ok := t.shows[shownBy{v, p.node}]
	if !ok || t.Ops[first].Time > p.begin || first == p.op {
		return false, 0
	}
	return true, first
}

// leftOut explains a message that the node of a poll had.
func (t *logTale) leftOut(c *Cause, p poll, over sight, had string) {
	switch {
	case len(p.got) == 0:
		c.Pattern = "shows nothing"
		c.So = had + ", and shows nothing of the key. A poll has to show what is there"
		if p.asked {
			c.So += fmt.Sprintf(" from the offset that is asked for, %d, on", p.from)
		}
	case p.asked && over.offset < p.got[0].offset:
		c.Pattern = "begins behind"
		c.So = fmt.Sprintf("%s, but its answer begins at offset %d, though %s asked for what there is from %d on: that one has to be included", had, p.got[0].offset, client(p.inv), p.from)
	default:
		c.Pattern = "left out"
		c.So = had + ", and leaves it out. A poll must not pass over a message"
	}
}

// passedOn returns a poll as the node answered it that was asked by that of the client, if that node had put the message at its offset.
func (t *logTale) passedOn(p poll, g placing) poll {
	if p.node == g.by {
		return p
	}
	for _, m := range t.sentBetween(p.node, p.begin, p.end) {
		if m.Dest != g.by || m.ID < p.first || m.ID > p.last || !carries(m.Body, []byte(quotedKey(p.key))) {
			continue
		}
		a := t.answer(m)
		if a == nil {
			continue
		}
		if at, ok := a.Arrival(); !ok || at > p.end {
			continue
		}
		t.add(passes(m, fmt.Sprintf("%s passes the poll on to %s (%s)", m.Src, m.Dest, m.Type)))
		p.node, p.end = m.Dest, a.At
		p.begin, _ = m.Arrival()
		break
	}
	return p
}

// killedWith returns the fault that killed the node of a poll after it had got a message and before it was asked.
func (t *logTale) killedWith(p poll, g placing) (f *history.Fault, lost bool) {
	since := t.hadSince(p, g)
	if since < 0 || since > p.begin {
		return nil, false
	}
	kills := t.hit("kill", p.node, since, p.begin)
	if len(kills) == 0 {
		return nil, false
	}
	return kills[0], true
}

// hadSince returns since when the node of a poll certainly had a message; -1 if the record does not show that it had.
func (t *logTale) hadSince(p poll, g placing) int64 {
	here, arrived := t.reached(g.version, g.by, g.begin)[p.node]
	switch had, first := t.hadShown(g.version, p); {
	case had:
		return t.Ops[first].Time
	case g.acked && g.by == p.node:
		return g.end
	case arrived && here.via != nil:
		return here.at
	}
	return -1
}

// restarted explains a message that a node had and lost when it was killed.
func (t *logTale) restarted(c *Cause, p poll, g placing) bool {
	f, ok := t.killedWith(p, g)
	if !ok {
		return false
	}
	t.add(begins(f, fmt.Sprintf("%s is killed; it is started again at %s", p.node, seconds(f.End))))
	c.Pattern = "restart"
	c.So = fmt.Sprintf("%s had %s from %s on, and does not show it any more after its restart: it had it only in memory, and has not got it back from anybody. What was acknowledged has to outlive the node that did so",
		p.node, g.name(), seconds(t.hadSince(p, g)))
	return true
}

// readService explains a poll whose node looked into a service where the message was to come.
func (t *logTale) readService(c *Cause, p poll, g placing, over, behind sight, have map[string]visit) bool {
	var put call
	var service string
	for _, id := range sortedKeys(have) {
		if v := have[id]; v.via != nil {
			if w, ok := t.newCall(v.via); ok {
				put, service = w, id
				break
			}
		}
	}
	if service == "" {
		return false
	}
	for _, m := range t.sentBetween(p.node, p.begin, p.end) {
		r, ok := t.newCall(m)
		if !ok || !r.reads() || r.reply == nil || r.key != put.key || m.Dest != service || m.ID < p.first || r.reply.ID > p.last {
			continue
		}
		t.call(put)
		t.call(r)
		name := over.text()
		if r.there < put.there {
			c.Pattern = "before it was written"
			c.So = fmt.Sprintf("%s looked for %s before %s had written it to %s (%s), and yet showed %s behind it: it must not show what is behind a message that is not there yet",
				p.node, name, put.request.Src, service, seconds(put.there), behind.text())
			return true
		}
		if t.brings(r.reply, over.version) {
			t.leftOut(c, p, over, fmt.Sprintf("%s has read %s from %s", p.node, name, service))
			return true
		}
		c.Pattern = "stale " + service
		c.So = fmt.Sprintf("%s had %s from %s on, and yet gave %s an older state at %s: its reads may be stale, and %s shows %s without looking again for what is missing",
			service, name, seconds(put.there), p.node, seconds(r.there), p.node, behind.text())
		return true
	}
	return false
}

// notThere explains a message that had not come to the node of a poll.
func (t *logTale) notThere(c *Cause, p poll, g placing, over, behind sight, have map[string]visit) {
	name, node := over.text(), p.node
	here, arrived := have[node]
	lost := t.lostTo(over.version, node, p.end)
	tail := fmt.Sprintf("%s shows %s all the same", node, behind.text())
	if c.Kind == kafka.LostWrite || c.Kind == kafka.Unseen {
		tail = ""
	}
	if lost != nil {
		t.carry([]*Sent{lost}, over.version)
	}
	switch {
	case arrived && here.via != nil:
		t.carry(path(have, node, t.End), over.version)
		c.Pattern = "late"
		when := "after the poll"
		if here.at <= p.end {
			when = "during the poll"
		}
		c.So = fmt.Sprintf("%s came to %s only at %s, %s", name, node, seconds(here.at), when)
		if lost != nil {
			c.So += fmt.Sprintf(", as the first %s with it was lost", lost.Type)
		}
	case lost != nil:
		c.Pattern = "lost"
		c.So = fmt.Sprintf("%s never came to %s: the %s with it was lost%s, and %s", name, node, lost.Type, aside(t.cut(lost)), t.repeated(over.version, node, lost))
		if tail == "" {
			c.So += ". Who acknowledges a message has to see to it that the others get it, and to repeat it until they have"
		}
	case !t.Whole || t.unread:
		c.Pattern = "unknown"
		c.So = fmt.Sprintf("the record does not show that %s came to %s, but it is not complete", name, node)
	case t.links[[2]string{g.by, node}] == 0:
		c.Pattern = "silence"
		c.So = fmt.Sprintf("%s, which had %s, sends %s no message in the whole run, and the record shows none by which it could have come to %s in another way", g.by, name, node, node)
	default:
		c.Pattern = "never"
		c.So = fmt.Sprintf("the record shows no message that brings %s to %s: nobody tells it", name, node)
	}
	switch {
	case tail == "":
	case over.offset+1 == behind.offset && p.asked:
		c.So += fmt.Sprintf("; %s, though offset %d is missing before it. A poll has to stop at the first gap: a consumer does not come back for what it was not shown", tail, over.offset)
	default:
		c.So += "; " + tail + ". A poll must not show what is behind a message that is not there yet: a consumer does not come back for it"
	}
}

// repeated says whether a message was sent again after it had been lost.
func (t *logTale) repeated(v version, node string, lost *Sent) string {
	n := 0
	for _, m := range t.carriers[v] {
		if m.Dest == node && m.ID > lost.ID {
			n++
		}
	}
	if n == 0 {
		return "nobody sent it again" + t.unlessWhole()
	}
	if n == 1 {
		return "so was the one repeat"
	}
	return fmt.Sprintf("so were %d repeats", n)
}

// aside puts what follows a colon into parentheses.
func aside(text string) string {
	if text == "" {
		return ""
	}
	return " (" + strings.TrimPrefix(text, ": ") + ")"
}
