package why

import (
	"fmt"
	"slices"
	"strings"

	"glomers/internal/wording"
)

// brings is the step of a message with an add.
func (x *deltas) brings(m *Sent, a *add, again string) Step {
	end := ""
	at, ok := m.Arrival()
	switch {
	case ok && at != m.At:
		end = ", which arrives at " + seconds(at)
	case ok:
		end = ", which arrives"
	case len(m.Ends) > 0:
		end = ", which is lost" + x.cut(m)
	default:
		end = ", which has not arrived when the run ends"
	}
	return passes(m, fmt.Sprintf("%s sends %s %s with %d%s%s", m.Src, m.Dest, an(m.Type), a.delta, again, end))
}

// tellAsItCame tells of a read that is the sum of what came, if it cannot be said which adds that was.
func (x *deltas) tellAsItCame(w *wrong, f string, g *ways, others int64) Cause {
	typ := f[:strings.IndexAny(f+".", ".[")]
	c := Cause{Pattern: "as it came"}
	c.So = fmt.Sprintf("that is the sum of the adds of %s itself and of all that came to it, in %s of type %s: %d. The adds of the other nodes come to %d. So %s counts whatever comes as often as it comes, and nothing makes sure that each add comes once",
		w.node, wording.Plural(g.messages, "message"), typ, g.sum, others, w.node)
	var lost, doubled []*Sent
	for _, m := range x.pick(x.byParty[w.node].got) {
		switch {
		case m.Type != typ || m.ID >= w.last || !x.IsNode(m.Src) || len(m.Ends) == 0:
		case !slices.ContainsFunc(m.Ends, func(e End) bool { return e.Arrived }):
			lost = append(lost, m)
		case len(m.Ends) > 1 && m.Ends[0].Arrived && m.Ends[1].Arrived:
			doubled = append(doubled, m)
		}
	}
	if len(lost) > 0 {
		m := lost[0]
		c.Story = append(c.Story, passes(m, fmt.Sprintf("%s sends %s %s, which is lost%s", m.Src, m.Dest, an(m.Type), x.cut(m))))
		c.So += fmt.Sprintf(". Of these messages to it, %d were lost", len(lost))
		if len(lost) == 1 {
			c.So = strings.TrimSuffix(c.So, "1 were lost") + "1 was lost"
		}
	}
	if len(doubled) > 0 {
		m := doubled[0]
		c.Story = append(c.Story, passes(m, fmt.Sprintf("%s sends %s %s, which arrives twice", m.Src, m.Dest, an(m.Type))))
		c.So += fmt.Sprintf(". Of these messages to it, %d came twice", len(doubled))
	}
	c.Story = inOrder(c.Story)
	return c
}

// tellAgain tells of an add that a node counted as often as a message brought it.
func (x *deltas) tellAgain(w *wrong, g *ways, again int64, missing []*add) Cause {
	c := Cause{Pattern: "again"}
	one := g.twice[0]
	for _, t := range g.twice {
		if t.before != nil && t.reply != nil {
			one = t
			break
		}
	}
	from := one.msg.Src
	c.Story = []Step{x.adding(one.add, "")}
	reason := "it arrived twice"
	if one.before != nil {
		c.Story = append(c.Story, x.brings(one.before, one.add, ""))
		reason = fmt.Sprintf("%s sent it again", from)
		if r := one.reply; r != nil {
			text, why := fmt.Sprintf("%s sends %s %s", r.Src, r.Dest, an(r.Type)), ""
			switch at, ok := r.Arrival(); {
			case !ok && len(r.Ends) > 0:
				text, why = text+", which is lost"+x.cut(r), "the reply was lost, so "
			case ok && at > one.msg.At:
				text, why = text+", which arrives only at "+seconds(at), "the reply came late, so "
			}
			c.Story = append(c.Story, passes(r, text))
			reason = why + reason
		}
	}
	c.Story = inOrder(append(c.Story, x.brings(one.msg, one.add, " again")))
	c.So = fmt.Sprintf("%s counted the same %d of %s each time that it came: %s. To send again what was not acknowledged is right, but %s cannot tell a repeat from another add. "+
		"Each add needs an identity (as the sender and a number), so that a receiver knows which ones it has; or nodes send totals, which may come twice", w.node, one.add.delta, from, reason, w.node)
	c.So += fmt.Sprintf(". On %s, %s brought what it already had: %d in all", w.node, wording.Plural(len(g.twice), "message"), again)
	if len(missing) > 0 {
		c.So += fmt.Sprintf("; %s to %d never came", wording.Plural(len(missing), "add"), sumOf(missing))
	}
	return c
}

// tellMissing tells of an add that no message brought.
func (x *deltas) tellMissing(w *wrong, f string, missing []*add) Cause {
	a := missing[0]
	c := Cause{Pattern: "missing"}
	c.Story = []Step{x.adding(a, "")}
	var tries []*Sent
	for _, m := range x.sentBetween(a.node, a.begin, x.End) {
		if m.Dest != w.node || m.ID >= w.last {
			continue
		}
		brings := false
		numbersIn(m.Body, func(name string, n int64) { brings = brings || field(m, name) == f && n == a.delta })
		if brings {
			tries = append(tries, m)
			break
		}
	}
	if len(tries) > 0 {
		c.Pattern = "missing lost"
		c.Story = append(c.Story, x.brings(tries[0], a, ""))
		c.So = fmt.Sprintf("%s never got the %d of %s: the message was lost, and nobody sent it again%s", w.node, a.delta, a.node, x.unlessWhole())
	} else {
		c.So = fmt.Sprintf("the record shows no message that brought the %d of %s to %s%s", a.delta, a.node, w.node, x.unlessWhole())
	}
	if n := len(missing); n > 1 {
		c.So += fmt.Sprintf(". %s lacks %d adds like that, which come to %d", w.node, n, sumOf(missing))
	}
	return c
}
