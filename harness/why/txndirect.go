package why

import (
	"fmt"
	"slices"
	"time"

	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/internal/wording"
)

// ms returns a period as text.
func ms(ns int64) string { return wording.Duration(time.Duration(ns)) }

// shownJSON returns a version of the checker for use in a text.
func shownJSON(raw string) string {
	if raw == "" {
		return "an empty list"
	}
	return wording.Clip(raw, 80)
}

// dirty explains a read of a value that was never to be seen: its transaction failed, or overwrote it itself.
func (t *tale) dirty(e elle.Edge) (Cause, bool) {
	writer, reader := t.txn(e.From), t.txn(e.To)
	if writer == nil || reader == nil {
		return Cause{}, false
	}
	v := old(e)
	way := path(t.spread(v, writer), reader.node, reader.end)
	if reader.node == writer.node {
		way = t.through(writer, reader, v)
	}
	t.messages(way)
	out := writer.node + "'s own copy"
	var at int64
	if len(way) > 0 {
		at, _ = way[0].Arrival()
		out = way[0].Dest
	}
	c := Cause{Pattern: out}
	if len(way) > 0 {
		c.Pattern = way[0].Type
		if t.Role(way[0].Dest) == record.Service {
			c.Pattern += " " + way[0].Dest
		}
	}
	read := fmt.Sprintf("%s read %s from key %s", t.name(reader), v.value, v.key)
	if writer.failed() {
		c.Headline = fmt.Sprintf("%s, which %s had written before it failed", read, t.name(writer))
		t.refused(writer)
		when := "when " + t.name(writer) + " failed"
		if at > 0 && at < writer.end {
			when = fmt.Sprintf("%s before %s failed", ms(writer.end-at), t.name(writer))
		}
		c.So = fmt.Sprintf("%s had put %s into %s %s", writer.node, v.value, out, when)
		if len(way) > 0 && t.Role(way[0].Dest) == record.Service && !t.takenBack(writer, v, reader.end) {
			c.So += ", and did not take it back afterwards" + t.unlessKnown()
		}
		c.So += ". Nothing that a transaction writes may become visible while it can still fail"
		return c, true
	}
	final := v.value
	for _, m := range writer.micros {
		if m.f != "r" && m.key == v.key {
			final, _ = plain(m.value)
		}
	}
	if final == v.value {
		return c, false
	}
	c.Headline = fmt.Sprintf("%s, which %s itself replaced by %s", read, t.name(writer), final)
	c.So = fmt.Sprintf("%s puts each value into %s at once, also %s, which was never to be seen by others: only the last value that a transaction writes to a key may become visible, and only when it is done",
		writer.node, out, v.value)
	for _, call := range t.calls(writer, []string{v.key}) {
		if text, ok := plain(call.value); ok && text == final && !call.reads() {
			t.add(call.ask(t.keys))
		}
	}
	return c, true
}

// through returns the messages by which a version came through a service, back to the node that had written it; nil if it did not.
func (t *tale) through(writer, reader *txn, v version) []*Sent {
	for _, w := range t.calls(writer, []string{v.key}) {
		if w.reads() || w.refused != "" || !w.arrived || !t.brings(w.request, v) {
			continue
		}
		for _, c := range t.calls(reader, []string{v.key}) {
			if c.reads() && c.request.Dest == w.request.Dest && c.reply != nil && t.brings(c.reply, v) {
				return []*Sent{w.request, c.reply}
			}
		}
	}
	return nil
}

// refused adds what a service refused to a transaction.
func (t *tale) refused(writer *txn) {
	for _, m := range t.sentBetween(writer.node, writer.begin, writer.end) {
		if c, ok := t.newCall(m); ok && c.refused != "" && !c.reads() && c.reply != nil && m.ID >= writer.first && c.reply.ID <= writer.last {
			t.add(c.tells(t.keys))
		}
	}
}

// takenBack reports whether the node of a transaction that failed wrote the key again until a time.
func (t *tale) takenBack(writer *txn, v version, until int64) bool {
	for _, m := range t.sentBetween(writer.node, writer.begin, until) {
		if c, ok := t.newCall(m); ok && !c.reads() && c.key == v.key && m.ID > writer.first {
			if text, _ := plain(c.value); text != v.value {
				return true
			}
		}
	}
	return false
}

// forked explains lists that go on differently after the same beginning.
func (t *tale) forked(edges []elle.Edge) (Cause, bool) {
	if len(edges) < 2 {
		return Cause{}, false
	}
	key := plainJSON(edges[0].Key)
	v, w := old(edges[0]), old(edges[1])
	first, second := t.txn(edges[0].From), t.txn(edges[1].From)
	if first == nil || second == nil || first == second {
		return Cause{}, false
	}
	c := Cause{Headline: fmt.Sprintf("some reads of key %s have %s where others have %s", key, v.value, w.value)}
	for range 2 { // either may be the one that was lost
		put, okPut := t.put(first, v)
		over, okOver := t.overwriter(put, v)
		if !okPut || !okOver {
			first, second, v, w = second, first, w, v
			continue
		}
		node := over.request.Src
		t.op = slices.DeleteFunc([]*txn{first, second}, func(x *txn) bool { return x == second && x.node != node })
		t.add(put.ask([]string{key}))
		t.add(over.ask([]string{key}))
		c.Pattern = "overwritten " + over.request.Type
		although := ""
		if first.acknowledged() {
			although = fmt.Sprintf(", although %s was acknowledged", t.name(first))
		}
		before, ok := t.lookedBefore(over)
		if !ok || before.there > put.there {
			c.So = fmt.Sprintf("%s wrote all lists at %s without %s, which %s had put there at %s: so %s is lost%s",
				node, seconds(over.there), v.value, t.name(first), seconds(put.there), v.value, although)
			return c, true
		}
		t.add(before.tells([]string{key}))
		c.So = fmt.Sprintf("%s had read the lists at %s, before %s of %s was in force (%s), and wrote all of them back without it: so %s is lost%s. "+
			"%s does not make sure that nobody has changed them since its read (by compare-and-set), to begin anew otherwise",
			node, seconds(before.there), v.value, t.name(first), seconds(put.there), v.value, although, node)
		return c, true
	}
	c.Pattern = "order"
	t.op = []*txn{first, second}
	t.messages(path(t.spread(v, first), second.node, t.End))
	t.messages(path(t.spread(w, second), first.node, t.End))
	c.So = fmt.Sprintf("%s appended %s on %s, and %s appended %s on %s: the nodes do not agree which of them was the first", t.name(first), v.value, first.node, t.name(second), w.value, second.node)
	return c, len(t.steps) > 0
}

// put returns the call by which a transaction put a version into a service.
func (t *tale) put(x *txn, v version) (call, bool) {
	for _, c := range t.calls(x, []string{v.key}) {
		if !c.reads() && c.refused == "" && c.arrived && t.brings(c.request, v) {
			return c, true
		}
	}
	return call{}, false
}

// overwriter returns the first call that replaced what another one had put into a service by something without the version.
func (t *tale) overwriter(put call, v version) (call, bool) {
	if put.request == nil {
		return call{}, false
	}
	var first call
	for _, s := range t.pick(t.byParty[put.request.Dest].got) {
		at, ok := s.Arrival()
		if !ok || s.Type == "read" || at < put.there || at == put.there && s.ID <= put.request.ID || t.brings(s, v) {
			continue
		}
		if first.request != nil && at >= first.there {
			if s.At > first.there {
				break // it arrives later still
			}
			continue
		}
		if c, ok := t.newCall(s); ok && c.key == put.key && c.refused == "" {
			first = c
		}
	}
	return first, first.request != nil
}

// lookedBefore returns the last read of the same key of the service by the node that made a call, before that call.
func (r *Run) lookedBefore(over call) (call, bool) {
	for _, s := range slices.Backward(r.sentBetween(over.request.Src, max(0, over.request.At-int64(10*time.Second)), over.request.At)) {
		if s.ID >= over.request.ID || s.Type != "read" {
			continue
		}
		if c, ok := r.newCall(s); ok && c.arrived && c.key == over.key && c.reply != nil {
			return c, true
		}
	}
	return call{}, false
}

// lostUpdate explains two transactions that read the same version and both replaced it.
func (t *tale) lostUpdate(edges []elle.Edge) (Cause, bool) {
	if len(edges) < 2 {
		return Cause{}, false
	}
	a, b := t.txn(edges[0].From), t.txn(edges[0].To)
	if a == nil || b == nil {
		return Cause{}, false
	}
	t.op = []*txn{a, b}
	missing := t.missing(edges)
	for _, m := range missing {
		t.tellMiss(m)
	}
	c := Cause{
		Pattern:  "unheard",
		Headline: fmt.Sprintf("%s and %s both read %s from key %s and replaced it, so one of their updates is lost", t.name(a), t.name(b), shownJSON(edges[0].Old), plainJSON(edges[0].Key)),
	}
	for _, m := range missing {
		switch m.how {
		case own:
			c.Pattern = "own"
			c.So = fmt.Sprintf("%s had itself written %s %s before it was asked for %s, and ran that on an older value", m.reader.node, m.version.value, ms(m.reader.begin-m.writer.end), t.name(m.reader))
		case told:
			c.Pattern = "told"
			c.So = fmt.Sprintf("%s had got %s for key %s %s before it was asked for %s, and yet ran that on the older value: it either did not apply the message, or replaced the value by an older one",
				m.reader.node, m.version.value, m.version.key, ms(m.reader.begin-m.at), t.name(m.reader))
		case stale:
			c.Pattern = "stale " + m.service
			c.So = fmt.Sprintf("%s had %s from %s on, and yet gave %s an older state at %s", m.service, m.version.value, seconds(m.at), m.reader.node, seconds(m.call.there))
		}
		if c.So != "" {
			return c, true
		}
	}
	if slices.ContainsFunc(missing, func(m miss) bool { return m.how == unknown }) || len(missing) < 2 {
		return c, false
	}
	if slices.ContainsFunc(missing, func(m miss) bool { return m.how == during }) {
		c.Pattern = "side by side"
		c.So = fmt.Sprintf("%s and %s ran at the same time, and nothing kept the one from replacing what the other had read", t.name(a), t.name(b))
		return c, true
	}
	c.So = fmt.Sprintf("%s and %s each ran on what their own node had, before either had heard of the other. "+
		"To prevent that, one of them would have had to wait or to fail: nodes have to agree before they acknowledge", t.name(a), t.name(b))
	return c, true
}

// garbage explains a read of a value that nobody wrote.
func (t *tale) garbage(e elle.Edge) (Cause, bool) {
	reader := t.txn(e.To)
	if reader == nil {
		return Cause{}, false
	}
	v := old(e)
	c := Cause{
		Pattern:  "made up",
		Headline: fmt.Sprintf("%s read %s from key %s, which no transaction of the run writes", t.name(reader), v.value, v.key),
	}
	first := int64(-1) // when the key's first write was asked for
	for _, op := range t.Ops {
		if op.Type == history.Invoke && op.Process != history.Nemesis && op.F == "txn" &&
			slices.ContainsFunc(micros(op.Value), func(m micro) bool { return m.f != "r" && m.key == v.key }) {
			first = op.Time
			break
		}
	}
	for _, m := range t.carriers[v] {
		if m.Dest == reader.node && m.At <= reader.end {
			t.messages([]*Sent{m})
			c.Pattern = "brought"
			c.So = fmt.Sprintf("%s brought %s to %s, but no client ever wrote it", m.Src, v.value, reader.node)
			return c, true
		}
	}
	switch {
	case first < 0 || first > reader.end:
		c.Pattern = "missing " + v.value
		c.So = fmt.Sprintf("nobody had written key %s yet%s, so it did not exist, and the answer is null. %s answers %s for a key that does not exist", v.key, firstAt(first), reader.node, v.value)
	default:
		c.So = fmt.Sprintf("the record shows no message that could have brought %s for key %s to %s%s, so the value seems to be made up there", v.value, v.key, reader.node, t.unlessKnown())
	}
	return c, true
}

func firstAt(at int64) string {
	if at < 0 {
		return ""
	}
	return fmt.Sprintf(" (the first write of it comes at %s)", seconds(at))
}

// notReplicated explains a node that never shows the writes of another one.
func (t *tale) notReplicated(e elle.Edge) (Cause, bool) {
	reader, writer := t.txn(e.From), t.txn(e.To)
	if reader == nil || writer == nil || e.New == "" {
		return Cause{}, false
	}
	direct := t.links[[2]string{writer.node, reader.node}]
	v := newer(e)
	c := Cause{Headline: fmt.Sprintf("%s never shows what %s has written", reader.node, writer.node)}
	switch {
	case len(t.links) == 0:
		c.Pattern = "silence"
		c.So = fmt.Sprintf("the nodes exchange no message in the whole run%s. Each answers from a copy of its own, which has only what its own clients wrote: nothing is replicated", t.unlessKnown())
	case direct == 0:
		c.Pattern = "no message"
		c.So = fmt.Sprintf("%s sends %s no message in the whole run%s", writer.node, reader.node, t.unlessKnown())
	default:
		m := t.missed(reader, writer, v, e.Old)
		t.tellMiss(m)
		c.Pattern = fmt.Sprintf("how %d", m.how)
		c.So = fmt.Sprintf("%s sends %s %s, but none of its writes is ever shown there", writer.node, reader.node, wording.Plural(direct, "message"))
	}
	return c, true
}
