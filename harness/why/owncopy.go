package why

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// A lesson is the last that a party learnt of a register.
type lesson struct {
	at    int64
	value string
	via   *Sent   // a message; nil if it was an operation
	op    *access // on the party itself
}

// learnt returns the last that a party had learnt of the register before a time; ok is false if there is nothing.
func (t *verdict) learnt(party string, until int64, lastID int64) (l lesson, ok bool) {
	for _, v := range t.versions() {
		for _, m := range slices.Backward(t.carriers[v]) {
			at, arrived := m.Arrival()
			if m.Src == t.accused.node && m.Src != party && m.ID > t.accused.first && m.ID < t.accused.last {
				continue // it asks for what is to be explained
			}
			newer := !ok || at > l.at || at == l.at && l.via != nil && m.ID > l.via.ID
			if m.Dest == party && arrived && at <= until && m.ID < lastID && newer && !t.refusals.of(m) {
				l, ok = lesson{at: at, value: v.value, via: m}, true
			}
		}
	}
	for _, o := range t.all {
		if o.node == party && o != t.accused && o.left != "" && (o.acknowledged() || o.failed() && !o.unmet()) && o.end <= until && (!ok || o.end > l.at) {
			l, ok = lesson{at: o.end, value: o.left, op: o}, true
		}
	}
	return l, ok
}

// versions returns the values of the register that occur, in order.
func (t *verdict) versions() []version {
	var all []version
	for _, o := range t.all {
		for _, value := range []string{o.found, o.left} {
			if v := (version{t.key, value}); value != "" && !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

// byCopy explains an answer from what a node itself had.
func (t *verdict) byCopy() {
	a, s, n := t.accused, t.source, t.against
	party := s.party
	from := n.writer
	if from == nil {
		from = n.witness
	}
	own := t.ownCopy()
	carriers := t.carriersOf(from)
	have := t.Run.spread(carriers, from.node, from.begin)
	if party == from.node {
		t.passedOn(have, carriers, from)
	}
	here, reached := have[party]
	last, taught := t.learnt(party, s.end, s.last)
	if taught && last.value == a.found && (!reached || here.at <= last.at || here.at > s.begin) {
		if o := t.askedFor(last); o != nil && o.failed() && o != a {
			t.promised(o, last.via)
			return
		}
		t.lastLearnt(last)
		if o := t.askedFor(last); o != nil && !o.failed() && from.acknowledged() && o.inv.Index > from.done.Index && reached && here.at <= last.at {
			t.add(o)
			t.cause.Pattern = "later"
			t.cause.So = fmt.Sprintf("%s had got %s at %s, and after that, at %s, %s, for %s: so it used what was the later one. The answer that does not fit may be the other one, of %s",
				party, clipped(n.value), seconds(here.at), seconds(last.at), clipped(a.found), client(o.inv), n.witness.node)
			return
		}
		if reached && here.at <= last.at && last.via != nil {
			t.way(have, party)
			t.cause.Pattern = "back"
			t.cause.So = fmt.Sprintf("%s had %s from %s on, and then got %s from %s, at %s, which it shows since: it keeps what comes last. But messages may come late, or in another order than they were sent; it would have to know which value is newer",
				party, clipped(n.value), seconds(here.at), clipped(a.found), last.via.Src, seconds(last.at))
			return
		}
		own += fmt.Sprintf(". The last that it had learnt of key %s was %s, at %s", clipped(t.key), clipped(last.value), seconds(last.at))
		if last.via != nil {
			own += ", from " + last.via.Src
		}
	}
	switch kill := t.stopped(party, from.begin, s.begin); {
	case kill != nil && reached && here.at <= kill.Begin:
		t.steps = append(t.steps, begins(kill, fmt.Sprintf("%s is killed; it is started again at %s", party, seconds(kill.End))))
		t.way(have, party)
		t.cause.Pattern = "restart"
		t.cause.So = fmt.Sprintf("%s had %s when it was killed, at %s, and not any more when it was back: what a node has told others has to survive that (on a disk, or on others that it asks)", party, clipped(n.value), seconds(kill.Begin))
	case reached && here.via == nil && n.together:
		t.cause.Pattern = "side by side"
		t.cause.So = fmt.Sprintf("%s ran both at the same time, and did not keep them apart: %s", party, own)
	case reached && here.via == nil && !(from.acknowledged() && from.end <= s.end):
		t.cause.Pattern = "own, unanswered"
		t.cause.So = fmt.Sprintf("%s had itself been asked to put %s there, by %s, and had not answered that: %s. %s", party, clipped(n.value), client(from.inv), own, t.lesson())
	case reached && here.via == nil:
		t.cause.Pattern = "own"
		t.cause.So = fmt.Sprintf("%s had itself been asked to put %s there, by %s, and needed no message to know: %s", party, clipped(n.value), client(from.inv), own)
	case reached && (here.at < s.begin || here.at == s.begin && here.via.ID < s.first):
		t.way(have, party)
		if o := t.meanwhile(here.at); o != nil {
			t.add(o)
			t.cause.Pattern = "told, cas meanwhile"
			t.cause.So = fmt.Sprintf("%s had got %s at %s, when the cas of %s was under way, and yet shows %s, which that cas has put in the place of %s: it did not apply %s, or it compared first and changed the key only later. To compare and to change has to be one step",
				party, clipped(n.value), seconds(here.at), client(o.inv), clipped(a.found), clipped(o.found), clipped(n.value))
			return
		}
		t.cause.Pattern = "told"
		t.cause.So = fmt.Sprintf("%s had got %s at %s, %s before it was asked, and yet used %s: it did not apply the message, or not to what it answers from", party, clipped(n.value), seconds(here.at), ms(s.begin-here.at), clipped(a.found))
	default:
		t.notReached(carriers, have, from, own)
	}
}

// meanwhile returns a cas that was under way at a time and put there what the accused found; nil if there is none.
func (t *verdict) meanwhile(at int64) *access {
	for _, o := range t.all {
		if o.inv.F == "cas" && o != t.accused && o.acknowledged() && o.left == t.accused.found && o.found != t.against.value && o.begin <= at && at <= o.end {
			return o
		}
	}
	return nil
}

// passedOn corrects when the node that was asked to put the value there had it: if it passed the request on, when it came back.
func (t *verdict) passedOn(have map[string]visit, carriers []*Sent, from *access) {
	node := from.node
	if !slices.ContainsFunc(carriers, func(m *Sent) bool {
		return m.Src == node && t.IsNode(m.Dest) && m.Dest != node && m.ID > from.first && m.ID < from.last && t.answer(m) != nil
	}) {
		return
	}
	delete(have, node)
	for _, m := range carriers {
		at, arrived := m.Arrival()
		sender, ok := have[m.Src]
		if before, found := have[node]; m.Dest == node && arrived && ok && sender.at <= m.At && (!found || at < before.at) {
			have[node] = visit{at, m}
		}
	}
}

// carriersOf returns the messages that may carry the contradicting value from where it was put: those that nobody refused, until some
// operation puts the same value there again.
func (t *verdict) carriersOf(from *access) []*Sent {
	horizon := t.End
	for _, o := range t.all {
		if o.left == t.against.value && o.inv.Index > from.inv.Index && o != t.against.witness && o.begin < horizon && o.begin > t.source.end {
			horizon = o.begin
		}
	}
	return slices.DeleteFunc(slices.Clone(t.carriers[version{t.key, t.against.value}]), func(m *Sent) bool { return m.ID < from.first || m.At > horizon || t.refusals.of(m) })
}

// askedFor returns the operation for which a node sent a message with its value; nil if there is none.
func (t *verdict) askedFor(l lesson) *access {
	if l.via == nil {
		return l.op
	}
	var last *access
	for _, o := range t.all {
		if o.node == l.via.Src && o.left == l.value && o.first < l.via.ID && o.request != nil && (last == nil || l.via.ID < o.last || l.via.ID > last.last) {
			last = o
		}
	}
	return last
}

// notReached concludes from a value that did not come to the party in time.
func (t *verdict) notReached(carriers []*Sent, have map[string]visit, from *access, own string) {
	n, party := t.against, t.source.party
	value := clipped(n.value)
	for _, m := range carriers {
		sender, ok := have[m.Src]
		if _, arrived := m.Arrival(); !ok || m.Dest != party || arrived || len(m.Ends) == 0 || sender.at > m.At || m.At > t.source.end {
			continue
		}
		t.way(have, m.Src)
		t.message(m)
		t.cause.Pattern = "lost"
		t.cause.So = fmt.Sprintf("%s. The %s that would have brought %s was lost, and nothing else brought it in time%s%s. %s", own, clipped(m.Type), value, t.unlessWhole(), t.tooEarly(from), t.lesson())
		return
	}
	if here, reached := have[party]; reached {
		t.way(have, party)
		t.cause.Pattern = "late"
		t.cause.So = fmt.Sprintf("%s. It got %s only at %s%s. %s", own, value, seconds(here.at), t.tooEarly(from), t.lesson())
		return
	}
	for _, service := range sortedKeys(t.services) {
		if there, ok := have[service]; ok && there.at <= t.source.end {
			t.way(have, service)
			t.cause.Pattern = "not asked " + service
			t.cause.So = fmt.Sprintf("%s. %s has had %s since %s, and %s would have got it from there. %s", own, service, value, seconds(there.at), party, t.lesson())
			return
		}
	}
	switch {
	case from.node == party:
		t.cause.Pattern = "passed on"
		t.cause.So = fmt.Sprintf("%s. It had passed on to others what was to put %s there, for %s, and as far as the record shows, it had not got %s back. %s", own, value, client(from.inv), value, t.lesson())
	case !t.Whole || t.unread:
		t.cause.Pattern = "not known"
		t.cause.So = fmt.Sprintf("%s. The journal is not complete, so it is not known whether %s had reached it. %s", own, value, t.lesson())
	case len(t.links) == 0:
		t.cause.Pattern = "silence"
		t.cause.So = fmt.Sprintf("the nodes send each other no message in the whole run: %s had only what its own clients wrote. Nothing is replicated", party)
	default:
		t.cause.Pattern = "never"
		heard := ""
		if t.links[[2]string{from.node, party}] == 0 {
			heard = fmt.Sprintf(" (%s sends %s no message in the whole run)", from.node, party)
		}
		t.cause.So = fmt.Sprintf("%s. The record shows no message by which %s could have come to know of %s%s. %s", own, party, value, heard, t.lesson())
	}
}

// ownCopy says that the party answered by itself.
func (t *verdict) ownCopy() string {
	s := t.source
	text := fmt.Sprintf("%s answered from a copy of its own", s.party)
	switch {
	case t.Whole && s.others == 0:
		text += ", without asking anybody"
	case t.Whole:
		text += fmt.Sprintf(", without asking anybody for key %s", clipped(t.key))
	}
	return text
}

// tooEarly says that the witness was answered before the party had its value, if the witness is the writer.
func (t *verdict) tooEarly(from *access) string {
	if from.inv.F == "read" || !from.acknowledged() || t.against.together {
		return ""
	}
	return fmt.Sprintf(", and %s had acknowledged it at %s without waiting for that", from.node, seconds(from.end))
}

// lesson says what the party would have had to do.
func (t *verdict) lesson() string {
	if t.accused.inv.F == "read" {
		return "Before it answers, a node has to make sure that there is nothing newer, by asking a majority or whoever orders the writes"
	}
	return "A cas has to be decided where all changes of the key are put into one order, not from a copy"
}

// lastLearnt adds the step by which the party learnt what it answered with.
func (t *verdict) lastLearnt(l lesson) {
	if l.via != nil {
		t.message(l.via)
		return
	}
	t.add(l.op)
}

// way adds the messages that brought the contradicting value to a party.
func (t *verdict) way(have map[string]visit, party string) {
	for _, m := range path(have, party, t.End) {
		t.message(m)
	}
}

// repeated explains a request that a node sent to another one twice, if the second came after the contradicting value.
func (t *verdict) repeated() bool {
	a, party := t.accused, t.source.party
	for _, o := range slices.Backward(t.all) {
		if o.left != a.found || o == a || o.inv.Index > a.done.Index || o.request == nil || o.failed() {
			continue
		}
		var first *Sent
		for _, m := range t.sentBetween(o.node, o.begin, t.source.end) {
			if m.Dest != party || !t.brings(m, version{t.key, o.left}) || t.askedFor(lesson{value: o.left, via: m}) != o {
				continue
			}
			if first == nil {
				first = m
				continue
			}
			one, okOne := first.Arrival()
			two, okTwo := m.Arrival()
			if !sameRequest(first, m) || !okOne || !okTwo || two > t.source.end || two < t.against.witness.begin || one > t.against.witness.end {
				continue
			}
			t.add(o)
			t.message(first)
			t.message(m)
			t.cause.Pattern = "twice"
			t.cause.So = fmt.Sprintf("%s sent the %s of %s to %s twice, and %s got it at %s and again at %s. In between %s had come, and then %s is back: it seems that %s carries out a request again that is repeated, "+
				"as it does not recognize it", o.node, o.inv.F, client(o.inv), party, party, seconds(one), seconds(two), clipped(t.against.value), clipped(a.found), party)
			return true
		}
	}
	return false
}

// sameRequest reports whether two messages differ at most in their msg_id.
func sameRequest(a, b *Sent) bool {
	if a.Dest != b.Dest || a.Type != b.Type {
		return false
	}
	return bytes.Equal(withoutID(a.Body), withoutID(b.Body))
}

// withoutID returns a body without its msg_id.
func withoutID(body []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	delete(fields, "msg_id")
	text, _ := json.Marshal(fields)
	return text
}
