package why

import (
	"bytes"
	"maps"
	"slices"
)

// maxSearched bounds how many messages are looked at for one gap.
const maxSearched = 2000

// maxBytes bounds how much is looked at again for all gaps. After that, no more are explained.
const maxBytes = 64 << 20

// isReplaced looks for a message without the element after whose arrival the node has nothing but what that brought and what came later:
// the node has put the content of the message in the place of its own.
func (f *frontier) isReplaced(g *gap) bool {
	had := g.have[len(g.have)-1].at
	for i := len(g.have) - 1; i >= 0 && g.have[i].source == byMessage; i-- {
		had = g.have[i].at // an arrival alone does not prove that it was kept
	}
	next := g.read // the first one without it
	for _, r := range f.readsAt(g.node, had, g.read.inv.Time) {
		if r.inv.Time < next.inv.Time && !f.shows(r, g.n) {
			next = r
		}
	}
	got := f.byParty[g.node].got
	searched := 0
	for _, i := range got[f.since(got, had-maxDelay):] {
		m := &f.Messages[i]
		at, arrived := m.Arrival()
		if m.At > next.inv.Time || searched > maxSearched {
			break
		}
		if searched++; !arrived || at < had || at > next.inv.Time || !f.IsNode(m.Src) {
			continue
		}
		f.searched += len(m.Body)
		content := f.content(m)
		if len(content) > 1 && !content[g.n] && f.isAll(g.node, content, at, f.view(g, m, at, next)) && f.isState(m) {
			g.culprit = m
			return true
		}
	}
	return false
}

// isState reports whether messages like one have all that their sender has, as far as its link shows: where they change, most have what the one
// before had, and more. What only passes on a batch, as it came, is no state, and says nothing of what else a node has.
func (f *frontier) isState(m *Sent) bool {
	const most = 100 // messages
	var before map[int32]bool
	changed, grown, seen := 0, 0, 0
	for _, i := range f.link(m.Src, m.Dest).messages {
		s := &f.Messages[i]
		if s.Type != m.Type {
			continue
		}
		if seen++; seen > most {
			break
		}
		f.searched += len(s.Body)
		content := f.content(s)
		if before != nil && !maps.Equal(before, content) {
			changed++
			if isIn(before, content) {
				grown++
			}
		}
		before = content
	}
	return 2*grown >= changed
}

// isIn reports whether one set is in another one.
func isIn(one, other map[int32]bool) bool {
	for n := range one {
		if !other[n] {
			return false
		}
	}
	return true
}

// maxDelay is how long before its arrival a message may have been sent, for searches.
const maxDelay = 2e9

// view returns what the node says after a message has come that it has: in the next message of the same type, or in a read.
func (f *frontier) view(g *gap, m *Sent, at int64, next read) map[int32]bool {
	sent := f.byParty[g.node].sent
	for _, i := range sent[f.since(sent, at):] {
		s := &f.Messages[i]
		if s.At >= next.inv.Time {
			break
		}
		if s.Type == m.Type && s.ID > m.ID {
			if c := f.content(s); len(c) > 0 {
				return c
			}
		}
	}
	all := make(map[int32]bool)
	for _, n := range f.listed(next.done.Value) {
		if n != unknownElement {
			all[n] = true
		}
	}
	return all
}

// isAll reports whether a view is the content of a message that arrived at a time, and else only what first came to the node later.
func (f *frontier) isAll(node string, content map[int32]bool, at int64, view map[int32]bool) bool {
	for n := range content {
		if !view[n] {
			return false
		}
	}
	party := f.party(node)
	for n := range view {
		if !content[n] && (party[n].message == noMessage || party[n].before(at)) {
			return false
		}
	}
	return true
}

// isOvertaken reports whether each message that brought the element arrived after one that its sender wrote later.
func (f *frontier) isOvertaken(g *gap) bool {
	for _, s := range g.have {
		if s.source != byMessage {
			return false
		}
		over := f.overtaker(s.msg)
		if over == nil {
			return false
		}
		if g.culprit == nil {
			g.culprit = over
		}
	}
	return true
}

// overtaker returns the first message of the same type on the same link that was sent later than another one and arrived earlier.
func (f *frontier) overtaker(m *Sent) *Sent {
	at, _ := m.Arrival()
	link := f.link(m.Src, m.Dest).messages
	i, _ := slices.BinarySearch(link, int(m.ID)+1)
	for _, i := range link[i:min(len(link), i+maxSearched)] {
		s := &f.Messages[i]
		if s.At > at {
			break
		}
		if came, ok := s.Arrival(); ok && came < at && s.Type == m.Type {
			return s
		}
	}
	return nil
}

// isNewest reports whether the element was the last that came to the node before the read, and nearly all reads leave that out.
func (f *frontier) isNewest(g *gap) bool {
	n, _ := f.newestAt(g.read)
	if n != g.n {
		return false
	}
	without, of := f.withoutNewest()
	return of >= 3 && 10*without >= 9*of
}

// newestAt returns the element that came last to the node of a read before that began, and how many had come; unknownElement if none had.
func (f *frontier) newestAt(r read) (n int32, came int) {
	n = unknownElement
	latest := int64(-1)
	party := f.party(r.done.Node)
	for e, c := range party {
		if !c.before(r.inv.Time) {
			continue
		}
		came++
		if c.at > latest || c.at == latest && c.message > party[n].message {
			n, latest = int32(e), c.at
		}
	}
	return n, came
}

// withoutNewest counts the reads that show all that had come to their node but the newest, of those to whose node anything had come.
func (f *frontier) withoutNewest() (without, of int) {
	if f.lagging[1] > 0 {
		return f.lagging[0], f.lagging[1]
	}
	reads := f.reads[max(0, len(f.reads)-100):]
	for _, r := range reads {
		n, came := f.newestAt(r)
		if came == 0 {
			continue
		}
		of++
		listed := f.listed(r.done.Value)
		if len(listed) == came-1 && !slices.Contains(listed, n) {
			without++
		}
	}
	f.lagging = [2]int{without, of}
	return without, of
}

// The answers to messages with an element that a node has sent.
type answers struct {
	to   map[string]bool // the nodes that it sent the element to
	by   map[string]int
	n    int
	last int64 // when the last one came
}

// mistaken reports whether there were as many answers as nodes, and one of these answered twice.
func (a answers) mistaken() bool {
	twice := false
	for _, n := range a.by {
		twice = twice || n > 1
	}
	return twice && a.n >= len(a.to) && len(a.by) < len(a.to)
}

// answers counts what came back to the sender of an element until it stopped to send it.
func (f *frontier) answers(g *gap) answers {
	a := answers{to: make(map[string]bool), by: make(map[string]int)}
	ids, types := make(map[string]bool), make(map[string]bool) // of its messages
	first, last := int64(-1), int64(0)
	for _, m := range f.carriers[g.n] {
		if m.Src != g.from || m.At >= g.read.inv.Time {
			continue
		}
		if first < 0 {
			first = m.At
		}
		last = m.At
		a.to[m.Dest] = true
		if m.Dest == g.node {
			types[m.Type] = true
		}
		if id := member(m.Body, "msg_id"); id != nil {
			ids[m.Dest+" "+string(id)] = true
		}
	}
	got := f.byParty[g.from].got
	for searched, i := range got[f.since(got, first):] {
		m := &f.Messages[i]
		at, arrived := m.Arrival()
		if m.At > last+maxDelay || searched > maxSearched {
			break
		}
		if !arrived || !a.to[m.Src] || at > last+maxDelay {
			continue
		}
		reply := bytes.Contains(m.Body, []byte("in_reply_to")) && ids[m.Src+" "+string(member(m.Body, "in_reply_to"))]
		if reply || !types[m.Type] && among(f.carriers[g.n], m) { // what has the same type passes the element on
			a.by[m.Src]++
			a.n++
			a.last = max(a.last, at)
		}
	}
	return a
}
