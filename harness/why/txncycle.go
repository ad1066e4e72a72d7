package why

import (
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check/elle"
	"glomers/harness/record"
)

// cycle explains transactions that can be put in no order.
func (t *tale) cycle(edges []elle.Edge) (Cause, bool) {
	if c, ok := t.disagreement(edges); ok {
		return c, true
	}
	shown, relayed := t.follow(edges)
	missing := t.missing(edges)
	if len(missing) == 0 {
		if c, ok := t.unfinished(edges); ok {
			return c, true
		}
	}
	if c, ok := t.torn(); ok {
		return c, true
	}
	if len(missing) == 0 {
		return t.interleaved(edges)
	}
	m := missing[0]
	t.tellMiss(m)
	c := Cause{
		Headline: fmt.Sprintf("%s read %s from key %s on %s, without %s, which %s had written on %s",
			t.name(m.reader), shownJSON(m.old), m.version.key, m.reader.node, m.version.value, t.name(m.writer), m.writer.node),
	}
	if t.Workload == "txn-list-append" {
		end := "an empty list"
		if m.old != "" {
			end = "a list that ends with " + shownJSON(m.old)
		}
		c.Headline = fmt.Sprintf("%s read %s from key %s on %s, without %s, which %s had appended on %s",
			t.name(m.reader), end, m.version.key, m.reader.node, m.version.value, t.name(m.writer), m.writer.node)
	}
	realtime := slices.ContainsFunc(edges, func(e elle.Edge) bool { return e.Kind == elle.Earlier })
	node := m.reader.node
	switch m.how {
	case own:
		c.Pattern = "own"
		c.So = fmt.Sprintf("%s had itself answered %s, %s before it was asked for %s: no message was needed. It answers reads from a copy that is older than its own writes",
			node, t.name(m.writer), ms(m.reader.begin-m.writer.end), t.name(m.reader))
	case told:
		if slices.Contains(shown, m.msg) {
			c.Pattern = "half a message"
			c.So = fmt.Sprintf("one %s brought both writes of %s to %s, %s before %s: %s shows one of them, and not the other. It does not apply all that the message has",
				m.msg.Type, t.name(m.writer), node, ms(m.reader.begin-m.at), t.name(m.reader), node)
			break
		}
		c.Pattern = "told"
		c.So = fmt.Sprintf("%s had got %s for key %s %s before it was asked for %s, and yet read another value: it either did not apply the message, or replaced the value by an older one",
			node, m.version.value, m.version.key, ms(m.reader.begin-m.at), t.name(m.reader))
	case stale:
		c.Pattern = "stale " + m.service
		c.So = fmt.Sprintf("%s had the write from %s on, and yet gave %s an older state at %s: its reads may be stale (it is not linearizable for a client that only reads). "+
			"%s passes on what it is given, without making sure that it is the latest", m.service, seconds(m.at), node, seconds(m.call.there), node)
	case lost:
		c.Pattern = "lost"
		c.So = fmt.Sprintf("the %s with %s for key %s from %s to %s was lost%s, and nothing brought it to %s before %s",
			m.msg.Type, m.version.value, m.version.key, m.msg.Src, node, t.cut(m.msg), node, t.name(m.reader))
	case never:
		c.Pattern = "never"
		c.So = fmt.Sprintf("the record shows no message that could have brought %s for key %s to %s, in the whole run", m.version.value, m.version.key, node)
	case during, late:
		t.tooLate(&c, m, relayed, realtime)
	default:
		return c, false
	}
	return c, true
}

// tooLate concludes from a version that came to the reader too late.
func (t *tale) tooLate(c *Cause, m miss, relayed, realtime bool) {
	node, value := m.reader.node, fmt.Sprintf("%s for key %s", m.version.value, m.version.key)
	if node == m.writer.node && m.service == "" {
		c.Pattern = "side by side"
		c.So = fmt.Sprintf("%s ran %s and %s at the same time, and did not keep them apart", node, t.name(m.writer), t.name(m.reader))
		return
	}
	when := fmt.Sprintf("arrived at %s only at %s", node, seconds(m.at))
	if m.service != "" {
		when = fmt.Sprintf("came to %s only at %s, after %s had asked", m.service, seconds(m.at), node)
	}
	switch {
	case relayed:
		c.Pattern = "cause after effect"
		c.So = fmt.Sprintf("%s showed an effect before its cause: what it read was written by somebody who had already seen %s, which itself %s. "+
			"A node has to hold an update back until it has everything that this update depends on", node, value, when)
	case realtime && m.writer.acknowledged() && m.writer.end <= m.at:
		c.Pattern = "acknowledged early"
		c.So = fmt.Sprintf("%s acknowledged %s before %s had its write: %s %s%s", m.writer.node, t.name(m.writer), node, value, when, t.alone(m.reader))
	default:
		c.Pattern = "apart"
		c.So = fmt.Sprintf("%s %s, so %s ran %s without it%s", value, when, node, t.name(m.reader), t.alone(m.reader))
	}
}

// alone says so if a node sent nothing to other nodes and services while it ran a transaction.
func (t *tale) alone(x *txn) string {
	if !t.Whole || x.request == nil || x.reply == nil {
		return ""
	}
	for _, m := range t.sentBetween(x.node, x.begin, x.end) {
		if m.ID > x.first && m.ID < x.last && !t.isClient(m.Dest) {
			return ""
		}
	}
	return fmt.Sprintf(". %s answered from its own copy, without asking anybody whether there was something newer", x.node)
}

// tellMiss adds the steps of a version that was not shown.
func (t *tale) tellMiss(m miss) {
	if m.service != "" {
		if m.msg != nil && t.Role(m.msg.Dest) == record.Service {
			t.messages([]*Sent{m.msg})
		}
		t.add(m.call.ask(t.keys))
		if m.call.reply != nil {
			t.add(m.call.tells(t.keys))
		}
		return
	}
	if m.msg != nil && m.how != lost {
		t.messages(path(t.spread(m.version, m.writer), m.reader.node, t.End))
	} else if m.msg != nil {
		t.messages([]*Sent{m.msg})
	}
}

// disagreement explains two nodes that put two writes of a key in opposite orders.
func (t *tale) disagreement(edges []elle.Edge) (Cause, bool) {
	for _, a := range edges {
		for _, b := range edges {
			if a.Kind != elle.Ignored || b.Kind != elle.Ignored || a.From != b.To || a.To != b.From || a.Key != b.Key || a.From > b.From {
				continue
			}
			first, second := t.txn(a.From), t.txn(b.From)
			readers := [2]*txn{t.txn(a.Reader), t.txn(b.Reader)}
			if first == nil || second == nil || readers[0] == nil || readers[1] == nil || readers[0].node == readers[1].node {
				continue
			}
			v, w := newer(a), newer(b)
			key := v.key
			t.keys = []string{key}
			t.op = slices.Compact([]*txn{first, second, readers[0], readers[1]})
			haveV, haveW := t.spread(v, first), t.spread(w, second)
			var last []bool // the value that each reader shows is the one that came last to its node
			for i, reader := range readers {
				t.messages(path(haveV, reader.node, t.End))
				t.messages(path(haveW, reader.node, t.End))
				atV, okV := haveV[reader.node]
				atW, okW := haveW[reader.node]
				last = append(last, okV && okW && (atW.at > atV.at) == (i == 0))
			}
			c := Cause{
				Pattern: "no common order",
				Headline: fmt.Sprintf("%s and %s disagree which write of key %s is the later one: %s (%s) or %s (%s)",
					readers[0].node, readers[1].node, key, v.value, t.name(first), w.value, t.name(second)),
				So: fmt.Sprintf("%s keeps %s, and %s keeps %s. The nodes need one order for the writes of a key, the same on all of them",
					readers[0].node, shownJSON(a.Old), readers[1].node, shownJSON(b.Old)),
			}
			if last[0] && last[1] {
				c.So = fmt.Sprintf("each node keeps the write that came to it last: %s on %s, %s on %s. Messages arrive in a different order everywhere, so the order of arrival cannot decide; "+
					"the nodes need one order for the writes of a key, the same on all of them", shownJSON(a.Old), readers[0].node, shownJSON(b.Old), readers[1].node)
			}
			return c, true
		}
	}
	return Cause{}, false
}

// torn explains writes of one transaction that reached a service in several messages, between which another transaction ran.
func (t *tale) torn() (Cause, bool) {
	for _, w := range t.op {
		var writes []call
		for _, c := range t.calls(w, t.keys) {
			if !c.reads() && c.refused == "" && c.arrived && slices.Contains(t.keys, c.key) {
				writes = append(writes, c)
			}
		}
		if len(writes) < 2 {
			continue
		}
		first, last := writes[0], writes[len(writes)-1]
		if first.key == last.key {
			continue
		}
		for _, o := range t.op {
			if o == w || !t.between(o, first, last) {
				continue
			}
			t.telling = telling{}
			t.accesses()
			return Cause{
				Pattern:  "torn",
				Headline: t.headline(fmt.Sprintf("fit in no order, as %s saw only a part of %s", t.name(o), t.name(w))),
				So: fmt.Sprintf("%s carries out the writes of %s one after the other: that of key %s is in force from %s on, and that of key %s only from %s on. In between, %s on %s saw the first, and was through with key %s before the second came. "+
					"All writes of a transaction have to become visible at once", w.node, t.name(w), first.key, seconds(first.there), last.key, seconds(last.there), t.name(o), o.node, last.key),
			}, true
		}
	}
	return Cause{}, false
}

// between reports whether a transaction read the first of two writes, and used the key of the last one before that was written.
func (t *tale) between(o *txn, first, last call) bool {
	saw, before := false, false
	for _, c := range t.calls(o, []string{first.key, last.key}) {
		switch {
		case !c.arrived:
		case c.key == first.key && c.reads() && c.there > first.there && shown(c.result) == shown(first.value):
			saw = true
		case c.key == last.key && c.there < last.there:
			before = true
		}
	}
	return saw && before
}

// accesses adds the calls to services about the keys of the story: what they write or return is a version in it, or they were refused.
func (t *tale) accesses() {
	for _, x := range t.op {
		for _, c := range t.calls(x, t.keys) {
			part := c.whole() || slices.ContainsFunc(t.keys, func(key string) bool {
				value := c.value
				if c.reads() {
					value = c.result
				}
				text, _ := plain(value)
				_, part := t.carriers[version{key, text}]
				return part && c.key == key
			})
			switch {
			case !c.reads() && c.refused != "" && c.reply != nil:
				t.add(c.tells(t.keys))
			case !c.reads() && part:
				t.add(c.ask(t.keys))
			case c.reply != nil && part:
				t.add(c.tells(t.keys))
			}
		}
	}
}

// unfinished explains transactions each of which saw writes of another one that was still running.
func (t *tale) unfinished(edges []elle.Edge) (Cause, bool) {
	var overlap []string
	for _, e := range edges {
		from, to := t.txn(e.From), t.txn(e.To)
		if e.Kind != elle.Wrote || from == nil || to == nil {
			continue
		}
		for _, c := range t.calls(to, []string{plainJSON(e.Key)}) {
			if c.reads() && c.reply != nil && c.there < from.end && shown(c.result) == e.Old {
				overlap = append(overlap, fmt.Sprintf("%s read %s at %s, %s before %s was done", t.name(to), shownJSON(e.Old), seconds(c.there), ms(from.end-c.there), t.name(from)))
				break
			}
		}
	}
	if len(overlap) == 0 {
		return Cause{}, false
	}
	return Cause{
		Pattern:  "unfinished",
		Headline: t.headline("saw each other's writes, so each would have to come first"),
		So: fmt.Sprintf("writes become visible while their transactions are still running: %s. "+
			"All that a transaction writes has to stay hidden until it is done", strings.Join(overlap, ", and ")),
	}, true
}

// interleaved explains transactions that overwrote each other.
func (t *tale) interleaved(edges []elle.Edge) (Cause, bool) {
	var parts []string
	for _, e := range edges {
		from, to := t.txn(e.From), t.txn(e.To)
		if e.Kind != elle.Overwrote || from == nil || to == nil {
			continue
		}
		parts = append(parts, fmt.Sprintf("in key %s, %s of %s came after %s of %s", plainJSON(e.Key), shownJSON(e.New), t.name(to), shownJSON(e.Old), t.name(from)))
		t.messages(path(t.spread(old(e), from), to.node, t.End))
		t.messages(path(t.spread(newer(e), to), from.node, t.End))
	}
	if len(parts) == 0 {
		return Cause{}, false
	}
	return Cause{
		Pattern:  "interleaved",
		Headline: t.headline("overwrote each other"),
		So: fmt.Sprintf("clients saw the writes in opposite orders: %s. Each transaction won in one key, so they were not put in their places as a whole",
			strings.Join(parts, ", and ")),
	}, true
}
