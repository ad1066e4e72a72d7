package why

import (
	"fmt"

	"glomers/harness/record"
)

// byService explains an answer that a service gave.
func (t *verdict) byService() {
	a, c, w := t.accused, t.source.call, t.against.writer
	service := c.request.Dest
	if c.reads() {
		t.message(c.reply)
	} else {
		t.message(c.request)
	}
	changes := t.changed(service)
	var before *call // the last change before the call
	for i, o := range changes {
		if o.there < c.there || o.there == c.there && o.request.ID < c.request.ID {
			before = &changes[i]
		}
	}
	if before != nil {
		if text, _ := plain(before.value); text != a.found {
			t.message(before.request)
			t.cause.Pattern = "stale " + service
			t.cause.So = fmt.Sprintf("%s had %s from %s on, and yet gave %s the older %s at %s: reads of %s may be stale. %s passes on what it is given, without making sure that it is the latest",
				service, text, seconds(before.there), c.request.Src, clipped(a.found), seconds(c.there), service, c.request.Src)
			return
		}
	}
	var put *call // the change that stands for the other value
	if w != nil {
		for i, o := range changes {
			if text, _ := plain(o.value); text == t.against.value && t.origin(o) == w {
				put = &changes[i]
				break
			}
		}
	}
	switch {
	case w == nil || put == nil && !w.acknowledged():
		t.cause.Pattern = "no writer"
		t.cause.So = fmt.Sprintf("%s took %s from %s, while %s had shown another value. Both cannot be the latest", a.node, clipped(a.found), service, t.against.witness.node)
	case put == nil:
		t.cause.Pattern = "not written"
		t.cause.So = fmt.Sprintf("%s answered %s that it was done, but the record shows no request of it that puts %s into %s%s", w.node, client(w.inv), clipped(t.against.value), service, t.unlessWhole())
	case put.there > c.there || put.there == c.there && put.request.ID > c.request.ID:
		t.message(put.request)
		t.cause.Pattern = "acknowledged early"
		t.cause.So = fmt.Sprintf("%s acknowledged %s at %s, but %s had it only from %s on, after %s had asked for the value: an acknowledgement has to wait until the write is in force",
			w.node, clipped(t.against.value), seconds(w.end), service, seconds(put.there), a.node)
	case before != nil:
		t.message(put.request)
		t.message(before.request)
		t.replaced(*put, *before)
	default:
		t.cause.Pattern = "service"
		t.cause.So = fmt.Sprintf("%s gave %s the value %s, which the record does not explain", service, a.node, clipped(a.found))
	}
}

// replaced explains a change that came after the one that it must not replace.
func (t *verdict) replaced(put, by call) {
	o, value := t.origin(by), clipped(t.accused.found)
	at, service := seconds(by.there), by.request.Dest
	switch {
	case o == nil:
		t.cause.Pattern = "unasked"
		t.cause.So = fmt.Sprintf("%s put %s into %s at %s, though no client had asked it to", by.request.Src, value, service, at)
	case t.earlier(o, by) != nil:
		t.add(o)
		first := t.earlier(o, by)
		t.message(first.request)
		t.cause.Pattern = "twice"
		t.cause.So = fmt.Sprintf("%s carried out the %s of %s twice, at %s and again at %s. In between %s had come, which the repeat undid: a request that has no effect when it is repeated would be needed",
			by.request.Src, o.inv.F, client(o.inv), seconds(first.there), at, clipped(t.against.value))
	case o.ended && o.end < by.request.At:
		t.add(o)
		t.cause.Pattern = "written late"
		t.cause.So = fmt.Sprintf("%s answered %s at %s and wrote only at %s, over %s, which had come meanwhile", o.node, client(o.inv), seconds(o.end), at, clipped(t.against.value))
	default:
		t.add(o)
		t.cause.Pattern = "replaced"
		t.cause.So = fmt.Sprintf("%s put %s into %s for %s at %s, after %s", o.node, value, service, client(o.inv), at, clipped(t.against.value))
	}
}

// earlier returns the change that a node had already made for an operation; nil if there is none.
func (t *verdict) earlier(o *access, again call) *call {
	changes := t.changed(again.request.Dest)
	for i, c := range changes {
		if c.request.ID < again.request.ID && c.request.ID > o.first && t.origin(c) == o && sameRequest(c.request, again.request) {
			return &changes[i]
		}
	}
	return nil
}

// A swap is a cas that a node carries out as a read and a write.
type swap struct {
	by          *access
	read, write call
}

// swapOf returns how a node carried out a cas; ok is false if it was not by a read and a write.
func (t *verdict) swapOf(a *access) (s swap, ok bool) {
	if a == nil || a.inv.F != "cas" || a.request == nil {
		return s, false
	}
	s.by = a
	for _, m := range t.sentBetween(a.node, a.begin, a.end) {
		c, isCall := t.newCall(m)
		if !isCall || t.Role(m.Dest) != record.Service || !sameKey(c.key, t.key) || m.ID < a.first || m.ID > a.last || !c.arrived {
			continue
		}
		text, _ := plain(c.value)
		switch {
		case c.reads() && c.reply != nil && shown(c.result) != "null":
			if found, _ := plain(c.result); found == a.found {
				s.read = c
			}
		case m.Type == "write" && text == a.left && s.read.request != nil && s.read.request.Dest == m.Dest:
			s.write = c
			return s, true
		}
	}
	return s, false
}

// apart explains a cas between whose comparison and write another change came. It may be the accused, the one that it does not fit to, or the
// one that put the accused's value there.
func (t *verdict) apart() bool {
	for _, a := range []*access{t.accused, t.against.witness, t.putBy(t.accused.found, t.accused.done.Index)} {
		s, ok := t.swapOf(a)
		if !ok {
			continue
		}
		var between *call
		for _, c := range t.changed(s.write.request.Dest) {
			text, _ := plain(c.value)
			if c.request == s.write.request || c.there < s.read.there || c.there > s.write.there || text == a.found {
				continue
			}
			if between == nil || t.origin(c) == t.against.writer {
				between = &c
			}
		}
		if between == nil {
			continue
		}
		t.add(a, t.origin(*between))
		t.message(s.read.reply)
		t.message(between.request)
		t.message(s.write.request)
		text, _ := plain(between.value)
		service := s.write.request.Dest
		t.cause.Pattern = "compared, then written"
		t.cause.So = fmt.Sprintf("%s read %s from %s at %s, compared it itself, and wrote %s at %s. In between, at %s, %s had put %s there. To compare and to set has to be one step, as the cas of %s is",
			a.node, clipped(a.found), service, seconds(s.read.there), clipped(a.left), seconds(s.write.there), seconds(between.there), between.request.Src, clipped(text), service)
		return true
	}
	return false
}
