package why

import (
	"fmt"
	"slices"

	"glomers/harness/record"
)

// A deposit is what the record has of an element in a service.
type deposit struct {
	put     call // the first call that put it there, if one did
	over    call // the first one that replaced that by something without it, if one did
	refused call // one that would have put it there, if one was refused
}

// deposited looks for calls of services with an element.
func (f *frontier) deposited(n int32) deposit {
	var d deposit
	for _, m := range f.carriers[n] {
		c, ok := f.newCall(m)
		switch {
		case !ok || c.reads() || !c.arrived:
		case c.refused != "":
			d.refused = c
		case d.put.request == nil:
			d.put = c
		}
	}
	if d.put.request != nil {
		d.over = f.overwriter(n, d.put)
	}
	return d
}

// overwriter returns the first call that replaced what another one had put into a service by something without the element.
func (f *frontier) overwriter(n int32, put call) call {
	got := f.byParty[put.request.Dest].got
	for _, i := range got[f.since(got, put.request.At):] {
		m := &f.Messages[i]
		if f.searched > maxBytes {
			break
		}
		at, arrived := m.Arrival()
		if !arrived || m.Type == "read" || at < put.there || at == put.there && m.ID <= put.request.ID {
			continue
		}
		f.searched += len(m.Body)
		if carries(m.Body, f.elements[n].value) {
			continue
		}
		if c, ok := f.newCall(m); ok && c.key == put.key && c.refused == "" {
			return c
		}
	}
	return call{}
}

// served says what went wrong with an element in a service; ok is false if the read does not depend on one.
func (f *frontier) served(g *gap, d deposit) (ok bool) {
	elsewhere := func(s sighting) bool {
		return s.source == byMessage && f.Role(s.msg.Src) == record.Node || s.source == bySending && f.Role(s.msg.Dest) == record.Node
	}
	if slices.ContainsFunc(g.have, elsewhere) {
		return false
	}
	g.deposit = d
	switch {
	case d.over.request != nil && d.over.there < g.read.done.Time:
		g.kind = overwritten
	case d.put.request != nil:
		g.kind = staleService
		g.asked = f.lastAsked(g.node, d.put, g.read.done.Time)
		return g.asked.request != nil && g.asked.there > d.put.there && !carries(g.asked.reply.Body, f.elements[g.n].value)
	case d.refused.request != nil:
		g.kind = refusedPut
	default:
		return false
	}
	return true
}

// lastAsked returns the last read of a node from the place of a service that a call has put something to, if it was answered before a time.
func (f *frontier) lastAsked(node string, put call, before int64) call {
	for _, m := range slices.Backward(f.sentBetween(node, put.there, before)) {
		if m.Dest != put.request.Dest || m.Type != "read" {
			continue
		}
		if c, ok := f.newCall(m); ok && c.key == put.key && c.arrived && c.reply != nil && c.refused == "" {
			return c
		}
	}
	return call{}
}

// tellServed adds the calls of a service, and returns the conclusion.
func (t *gapTale) tellServed() string {
	ask := func(c call) { t.steps = append(t.steps, c.ask([]string{c.key})) }
	answer := func(c call) { t.steps = append(t.steps, c.tells([]string{c.key})) }
	switch d := t.deposit; t.kind {
	case refusedPut:
		ask(d.refused)
		answer(d.refused)
		return fmt.Sprintf("%s refused what %s wanted to put there, and the record shows no other call that brings %s there%s. %s acknowledged it all the same",
			d.refused.request.Dest, d.refused.request.Src, t.value, t.unlessWhole(), t.owner)
	case staleService:
		ask(d.put)
		ask(t.asked)
		answer(t.asked)
		return fmt.Sprintf("%s had %s from %s on, and yet gave %s an older state at %s: its reads may be stale. %s passes on what it is given, without making sure that it is the latest",
			d.put.request.Dest, t.value, seconds(d.put.there), t.node, seconds(t.asked.there), t.node)
	default:
		ask(d.put)
		ask(d.over)
		node := d.over.request.Src
		if kills := t.hit("kill", node, d.put.there, d.over.request.At); node == d.put.request.Src && len(kills) > 0 {
			k := kills[0]
			t.steps = append(t.steps, begins(k, fmt.Sprintf("%s is killed; it is started again at %s", node, seconds(k.End))))
			return fmt.Sprintf("%s had put %s into key %s at %s, was killed, and wrote the key at %s without it: it did not begin with what was there", node, t.value, d.over.key, seconds(d.put.there), seconds(d.over.there))
		}
		before, ok := t.lookedBefore(d.over)
		if !ok || carries(before.reply.Body, t.elements[t.n].value) {
			return fmt.Sprintf("%s wrote key %s at %s without %s, which %s had put there at %s", node, d.over.key, seconds(d.over.there), t.value, d.put.request.Src, seconds(d.put.there))
		}
		answer(before)
		text := fmt.Sprintf("%s had read key %s at %s, before what %s wrote was in force (%s)", node, d.over.key, seconds(before.there), d.put.request.Src, seconds(d.put.there))
		if before.there > d.put.there {
			text = fmt.Sprintf("%s had read key %s at %s, and %s answered with an older state than what %s had written at %s", node, d.over.key, seconds(before.there), d.over.request.Dest, d.put.request.Src, seconds(d.put.there))
		}
		return text + fmt.Sprintf("; and it wrote key %s again without %s. %s does not make sure that nobody has changed it since its read (by compare-and-set), to begin anew otherwise", d.over.key, t.value, node)
	}
}
