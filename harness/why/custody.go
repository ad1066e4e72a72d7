package why

import (
	"fmt"
	"slices"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// A custody is the explanation of two grants in the making.
type custody struct {
	*grants
	first, second grant
	cause         Cause
	steps         []Step
}

// enters adds the steps of a grant.
func (t *custody) enters(x grant) {
	who := client(x.inv)
	if len(x.hops) == 0 && x.reply != nil && x.end == x.begin {
		t.steps = append(t.steps, t.asks(x.inv, fmt.Sprintf("%s asks %s for the lock, and gets it, with fence %s", who, x.node, x.fence)))
		return
	}
	t.steps = append(t.steps, t.asks(x.inv, fmt.Sprintf("%s asks %s for the lock", who, x.node)))
	for _, m := range x.hops {
		t.steps = append(t.steps, passes(m, fmt.Sprintf("%s gives %s the lock, with fence %s%s", m.Src, m.Dest, x.fence, t.fate(m))))
	}
	text := fmt.Sprintf("%s tells %s that it has the lock, with fence %s", x.node, who, x.fence)
	if x.reply != nil {
		t.steps = append(t.steps, passes(x.reply, text))
	} else {
		t.steps = append(t.steps, note(x.end, x.node, text))
	}
}

// overlap explains that two clients had the lock at once.
func (t *custody) overlap() {
	a, b := t.first, t.second
	c := &t.cause
	c.Headline = fmt.Sprintf("%s got the lock (fence %s) while %s had it (fence %s)", client(b.inv), b.fence, client(a.inv), a.fence)
	t.holds()
	left := a.section.End - b.at // of the first holder's time
	switch {
	case a.granter != b.granter:
		t.twoGranters()
	case t.restarted():
		c.Pattern = "restart"
		c.So = fmt.Sprintf("%s gave the lock out at %s, was killed, and gave it out again when it was back: it had forgotten that %s has the lock. Who has it must survive a restart, or nobody may get it until the lease of everybody who could have it is over",
			a.granter, seconds(a.at), client(a.inv))
	case t.strangersLeave():
	case b.at-a.at < int64(10*time.Millisecond):
		c.Pattern = "at once"
		c.So = fmt.Sprintf("%s gave the lock out twice within %s, as if it did not know that it had given it to %s", a.granter, ms(b.at-a.at), client(a.inv))
	default:
		c.Pattern = "too early"
		c.So = fmt.Sprintf("%s gave the lock to %s %s after it had given it to %s, which had not left and had it for %s more, until %s: a client that does not leave has the lock for %s from its request on. %s%s",
			a.granter, client(b.inv), ms(b.at-a.at), client(a.inv), ms(left), seconds(a.section.End), wording.Duration(check.LockLease), t.tookBack(), t.skewed())
	}
}

// tookBack says that the granter ended the first holder's time.
func (t *custody) tookBack() string {
	a, b := t.first, t.second
	text := a.granter + " takes it back too early"
	if b.inv.Time < b.at-soon {
		text += fmt.Sprintf(", of its own accord: %s had been waiting since %s", client(b.inv), seconds(b.inv.Time))
	}
	return text
}

// holds adds the end of the first holder's time.
func (t *custody) holds() {
	a := t.first
	end := a.section.End
	if a.leave != nil && a.leave.inv.Time == end {
		t.steps = append(t.steps, t.asks(a.leave.inv, fmt.Sprintf("only now %s leaves, with fence %s", client(a.inv), a.fence)))
		return
	}
	t.steps = append(t.steps, note(end, "", fmt.Sprintf("until here, %s after its request, %s has the lock, as it has not left", wording.Duration(check.LockLease), client(a.inv))))
}

// restarted reports whether the granter was killed between the grants, and adds that.
func (t *custody) restarted() bool {
	kill := t.stopped(t.first.granter, t.first.at, t.second.at)
	if kill == nil || t.first.granter != t.second.granter {
		return false
	}
	t.steps = append(t.steps, begins(kill, fmt.Sprintf("%s is killed; it is started again at %s", t.first.granter, seconds(kill.End))))
	return true
}

// skewed says that the granter's clock was changed between the grants.
func (t *custody) skewed() string {
	if len(t.hit("skew", t.first.granter, t.first.at, t.second.at)) == 0 {
		return ""
	}
	return ". Its clock was changed in that time (skew): a lease needs a clock that only measures how much time has passed"
}

// twoGranters explains a lock that two nodes gave out.
func (t *custody) twoGranters() {
	a, b := t.first, t.second
	c := &t.cause
	c.Pattern = "two granters"
	between, cut := t.between(a.granter, b.granter)
	c.So = fmt.Sprintf("%s gave the lock to %s, and %s gave it to %s", a.granter, client(a.inv), b.granter, client(b.inv))
	if t.alone(a) && t.alone(b) {
		c.So += ", each on its own"
	}
	switch asked, service := t.asked(a), t.asked(b); {
	case service.request != nil && asked.request != nil && asked.request.Dest == service.request.Dest:
		t.throughService(asked, service)
	case between == 0 && t.Whole:
		c.Pattern += ", silent"
		c.So += ". The two sent each other no message in the whole run, and no service decided between them. Each has a lock of its own: the nodes have to agree who has it, or one of them has to decide"
	case cut != nil:
		c.Pattern += ", cut"
		t.steps = append(t.steps, begins(cut, fmt.Sprintf("%s and %s are cut off from each other (%s), until %s", a.granter, b.granter, cut.Name, seconds(cut.End))))
		c.So += fmt.Sprintf(", while they were cut off from each other (from %s to %s). Only a side with a majority may give the lock out", seconds(cut.Begin), seconds(cut.End))
	default:
		c.So += fmt.Sprintf(". %s did not know, or did not heed, that %s had given it away until %s", b.granter, a.granter, seconds(a.section.End))
	}
}

// asked returns the call by which a granter changed something in a service for a grant, or else one by which it read; it has no request if
// there is neither.
func (t *custody) asked(x grant) (last call) {
	for _, m := range t.sentBetween(x.granter, x.begin, x.at) {
		if c, ok := t.newCall(m); ok && c.arrived && c.refused == "" && m.ID > x.first && m.ID < x.last && (last.request == nil || !c.reads()) {
			last = c
		}
	}
	return last
}

// throughService explains a lock that two nodes took in one service.
func (t *custody) throughService(one, two call) {
	a, b, c := t.first, t.second, &t.cause
	service := two.request.Dest
	for _, x := range []call{one, two} {
		t.steps = append(t.steps, x.ask([]string{x.key}))
	}
	c.Pattern = "service " + two.request.Type
	switch two.request.Type {
	case "cas":
		if freed := t.changedBetween(one, two); freed.request != nil {
			t.steps = append(t.steps, freed.ask([]string{freed.key}))
			c.Pattern = "service freed"
			c.So = fmt.Sprintf("%s replaced at %s what %s had put into key %s of %s, though %s had the lock until %s. Then %s took it", freed.request.Src, seconds(freed.there), a.granter, two.key, service, client(a.inv), seconds(a.section.End), b.granter)
			return
		}
		c.So = fmt.Sprintf("%s replaced what was in key %s of %s at %s, %s after %s had put itself there, though %s had the lock until %s: it takes the lock back too early", b.granter, two.key, service, seconds(two.there), ms(two.there-one.there), a.granter, client(a.inv), seconds(a.section.End))
		for _, id := range []string{a.granter, b.granter} {
			if len(t.hit("skew", id, a.at, b.at)) > 0 {
				c.Pattern += ", skew"
				c.So += fmt.Sprintf(". The clock of %s was changed at that time (skew): what one node's clock shows says nothing about another one's", id)
				break
			}
		}
	case "read":
		c.So = fmt.Sprintf("%s only read key %s of %s before it gave the lock out, and put nothing there that could keep others away", b.granter, two.key, service)
	default:
		c.So = fmt.Sprintf("%s wrote to key %s of %s at %s, whatever was there. %s had written there at %s. To look and to take has to be one step (cas): then one of two fails", b.granter, two.key, service, seconds(two.there), a.granter, seconds(one.there))
	}
}

// alone reports whether a granter sent no message to other nodes or services from the request to the grant.
func (t *custody) alone(x grant) bool {
	return t.Whole && !slices.ContainsFunc(t.sentBetween(x.granter, x.begin, x.at), func(m *Sent) bool { return !t.isClient(m.Dest) && m.Dest != x.granter && !slices.Contains(x.hops, m) })
}

// changedBetween returns a call that changed the place of two others between them; it has no request if there is none.
func (t *custody) changedBetween(one, two call) call {
	got := t.byParty[two.request.Dest].got
	for _, i := range got[t.since(got, one.request.At):] {
		m := &t.Messages[i]
		if m.At > two.there {
			break
		}
		if c, ok := t.newCall(m); ok && m != one.request && m != two.request && !c.reads() && c.key == two.key && c.arrived && c.refused == "" && one.there < c.there && c.there < two.there {
			return c
		}
	}
	return call{}
}

// between returns how many messages two nodes sent each other, and a fault that cut them off from each other when the second grant was made.
func (t *custody) between(a, b string) (messages int, cut *history.Fault) {
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		for _, m := range t.SentBy(pair[0]) {
			if m.Dest == pair[1] {
				messages++
			}
		}
		for _, f := range t.Faults {
			for _, deaf := range f.Effect.Links[pair[1]] {
				if deaf == pair[0] && f.Begin <= t.second.at && t.second.at <= f.End {
					cut = f
				}
			}
		}
	}
	return messages, cut
}

// soon is how long after a leave has arrived the next grant may be due to it.
const soon = int64(5 * time.Millisecond)

// strangersLeave explains a lock that a leave with another fence ended.
func (t *custody) strangersLeave() bool {
	a, b := t.first, t.second
	for _, l := range t.leaves {
		if l.inv.Process == a.process && string(l.inv.Value) == a.fence || string(l.inv.Value) == a.fence || l.request == nil {
			continue
		}
		for _, m := range append([]*Sent{l.request}, t.sentBetween(l.node, l.begin, l.end)...) {
			at, ok := m.Arrival()
			if !ok || m.Dest != a.granter || at < a.at || at > b.at || b.at-at > soon || !carries(m.Body, l.inv.Value) || m.Type != "leave" {
				continue
			}
			t.steps = append(t.steps, t.asks(l.inv, fmt.Sprintf("%s leaves, with fence %s", client(l.inv), l.inv.Value)))
			t.cause.Pattern = "leave of another"
			t.cause.So = fmt.Sprintf("%s came to %s at %s with the leave of fence %s, and %s gave the lock to the next, although not that fence but %s had it: a leave may end only the turn of its own fence",
				client(l.inv), a.granter, seconds(at), quoted(l.inv.Value), a.granter, a.fence)
			return true
		}
	}
	return false
}

// order explains a fence that is not higher than that of an earlier holder.
func (t *custody) order() {
	a, b := t.first, t.second
	c := &t.cause
	c.Headline = fmt.Sprintf("%s got the lock with fence %s, after %s had had fence %s", client(b.inv), b.fence, client(a.inv), a.fence)
	const why = "Fences are there so that what an earlier holder sends late can be recognized and refused, and now it cannot"
	switch {
	case a.granter != b.granter && !(t.alone(a) && t.alone(b)):
		c.Pattern = "two counters, linked"
		c.So = fmt.Sprintf("%s gave out fence %s, and %s later %s: it did not know, or did not heed, how far %s had counted. %s", a.granter, a.fence, b.granter, b.fence, a.granter, why)
	case a.granter != b.granter:
		c.Pattern = "two counters"
		c.So = fmt.Sprintf("%s gave out fence %s, and %s later %s: each node counts on its own. %s", a.granter, a.fence, b.granter, b.fence, why)
	case t.restarted():
		c.Pattern = "count lost"
		c.So = fmt.Sprintf("%s was killed in between, and began to count anew: the last fence has to survive a restart. %s", a.granter, why)
	default:
		c.Pattern = "not higher"
		c.So = fmt.Sprintf("%s gave out both, and the second is not higher. %s", a.granter, why)
	}
}
