package why

import (
	"cmp"
	"slices"
)

// A gap is a node whose last read misses an element.
type gap struct {
	n        int32
	node     string
	read     read
	kind     gapKind
	restart  int64      // when the node was last started again, or 0
	earlier  []sighting // of the element at the node before that
	have     []sighting // since then
	attempts []*Sent    // the messages with it to the node since then; if the node does not have it, none arrived before the read
	from     string     // a node that had it and could have passed it on, if this one does not
	culprit  *Sent      // that replaced the element, or overtook it
	deposit  deposit    // of the element in a service, if that is the reason
	asked    call       // by which the node got something without it from there
}

// A gapKind says what went wrong between an element and a node.
type gapKind int

// The kinds of gaps, the most telling ones first.
const (
	otherForm    gapKind = iota // it is shown in another form
	overwritten                 // it was in a service, and somebody overwrote it there
	staleService                // a service that has it gave the node something older
	refusedPut                  // a service refused to take it
	replaced                    // the node has taken over something without it
	forgotten                   // an earlier read showed it
	restarted                   // the node had it before it was restarted
	overtaken                   // it came in messages that later ones had overtaken
	newest                      // it was the last that came, and reads always leave that out
	unshown                     // it came, and no read shows it
	miscounted                  // sent and lost; the sender stopped when others had answered several times
	gaveUp                      // sent several times, and lost each time
	lostOnce                    // sent once, and lost
	tooLate                     // it was under way when the read began
	muted                       // it came to a node that has sent no elements since it was restarted
	oneWay                      // who had it sends this node no elements at all
	silent                      // the node that a client gave it to sent it to nobody
	unpassed                    // who had it sent this node other messages, and not this
	untold                      // the record has no message with it, and yet it spread
	farther                     // who had it is no neighbour, and sends this node no elements at all
)

// gaps returns the nodes whose last read misses an element, the most telling one first.
func (f *frontier) gaps(n int32) []*gap {
	known, ok := f.elements[n].known()
	if !ok {
		return nil
	}
	byNode := make(map[string][]*Sent) // the messages with the element
	for _, m := range f.carriers[n] {
		byNode[m.Dest] = append(byNode[m.Dest], m)
		if m.Src != m.Dest {
			byNode[m.Src] = append(byNode[m.Src], m)
		}
	}
	d := f.deposited(n)
	var all []*gap
	for _, node := range f.Nodes {
		reads := f.readsAt(node, known, f.End)
		if len(reads) == 0 {
			continue
		}
		last := slices.MaxFunc(reads, func(a, b read) int { return cmp.Compare(a.inv.Time, b.inv.Time) })
		if !f.shows(last, n) {
			all = append(all, f.gap(n, last, byNode[node], d))
		}
	}
	slices.SortStableFunc(all, func(a, b *gap) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.first(), b.first()), compareIDs(a.node, b.node))
	})
	return all
}

// first returns the time of the first attempt to pass the element on to the node.
func (g *gap) first() int64 {
	if len(g.attempts) == 0 {
		return 0
	}
	return g.attempts[0].At
}

// gap says why a read misses an element. The messages with the element to and from the node are given,
// and what a service had of it.
func (f *frontier) gap(n int32, r read, messages []*Sent, d deposit) *gap {
	g := &gap{n: n, node: r.done.Node, read: r}
	g.restart = f.begun(g.node, r.inv.Time)
	g.have = f.sightings(n, g.node, messages, g.restart, r.inv.Time)
	g.earlier = f.sightings(n, g.node, messages, 0, g.restart)
	for _, m := range messages {
		if m.Dest == g.node && !f.isClient(m.Src) && m.At >= g.restart && m.At < r.inv.Time {
			g.attempts = append(g.attempts, m)
		}
	}
	switch {
	case carries(r.done.Value, f.elements[n].value):
		g.kind = otherForm
	case f.served(g, d):
	case len(g.have) > 0:
		f.unseen(g)
	case len(g.earlier) > 0:
		g.kind = restarted
	case len(g.attempts) > 0:
		f.unarrived(g)
	default:
		f.unsent(g)
	}
	return g
}

// unseen says why a node that had an element does not show it.
func (f *frontier) unseen(g *gap) {
	showed := slices.ContainsFunc(g.have, func(s sighting) bool { return s.source == byReading })
	switch {
	case f.isReplaced(g):
		g.kind = replaced
	case showed:
		g.kind = forgotten
	case f.isOvertaken(g):
		g.kind = overtaken
	case f.isNewest(g):
		g.kind = newest
	default:
		g.kind = unshown
	}
}

// unarrived says why an element that was sent to a node never came there.
func (f *frontier) unarrived(g *gap) {
	perSender := make(map[string]int)
	g.from = g.attempts[len(g.attempts)-1].Src
	for _, m := range g.attempts {
		if len(m.Ends) == 0 || m.Ends[0].Arrived {
			g.kind = tooLate
			return
		}
		if perSender[m.Src]++; perSender[m.Src] > perSender[g.from] {
			g.from = m.Src
		}
	}
	switch {
	case perSender[g.from] == 1:
		g.kind = lostOnce
	case f.answers(g).mistaken():
		g.kind = miscounted
	default:
		g.kind = gaveUp
	}
}

// unsent says why nobody sent an element to a node. It looks for a node that could have.
func (f *frontier) unsent(g *gap) {
	e := &f.elements[g.n]
	have := f.spread(g.n, g.read.inv.Time)
	holders := f.holders(have)
	sends := slices.ContainsFunc(f.carriers[g.n], func(m *Sent) bool { return !f.isClient(m.Src) })
	if !sends {
		g.kind, g.from = silent, e.inv.Node
		if f.adjacent(g.from, g.node) && f.link(g.from, g.node).carrying == 0 && f.link(g.node, g.from).carrying > 0 {
			g.kind = oneWay
		}
		if slices.ContainsFunc(holders, func(id string) bool { return id != g.from }) {
			g.kind = untold
		} else if f.isMuted(g.from, have[g.from].at) {
			g.kind = muted
		}
		return
	}
	adjacent := slices.DeleteFunc(slices.Clone(holders), func(id string) bool { return !f.adjacent(id, g.node) })
	if g.kind = unpassed; len(f.topology) > 0 && len(adjacent) > 0 {
		holders = adjacent
	}
	if len(holders) == 0 {
		g.kind = untold
		return
	}
	g.from = slices.MinFunc(holders, func(a, b string) int { return cmp.Or(cmp.Compare(have[a].at, have[b].at), compareIDs(a, b)) })
	switch {
	case f.isMuted(g.from, have[g.from].at):
		g.kind = muted
	case f.link(g.from, g.node).carrying == 0 && len(f.topology) > 0 && len(adjacent) == 0:
		g.kind = farther
	case f.link(g.from, g.node).carrying == 0:
		g.kind = oneWay
	}
}

// isMuted reports whether a node was restarted before a time, and has sent no elements to others since then.
func (f *frontier) isMuted(node string, before int64) bool {
	begun := f.begun(node, before)
	last, sends := f.sentTo[node]
	return begun > 0 && (!sends || last < begun)
}

// begun returns when a node was last started again before a time, or 0.
func (f *frontier) begun(node string, before int64) (at int64) {
	for _, k := range f.hit("kill", node, 0, before) {
		if k.End <= before {
			at = max(at, k.End)
		}
	}
	return at
}
