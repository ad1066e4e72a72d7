package why

import (
	"cmp"
	"encoding/json"
	"slices"
)

// A frontier knows which party had which element of a set, and since when: from the requests of clients, from messages that carry elements,
// and from reads.
type frontier struct {
	*growset
	*scanner
	parties  map[string]int      // nodes and services, by id
	got      [][]coming          // for each party and element, how it first came there
	wanted   []int32             // for each element, its place among the wanted ones, or notWanted
	carriers map[int32][]*Sent   // of the wanted elements, in the order of sending, up to maxKept of a link; those of clients are among them
	links    map[[2]string]*link // between nodes and services
	topology map[string][]string // for each node, its neighbours in the topology that it was told
	toldAt   map[string]int64    // when that was, the last time
	sentTo   map[string]int64    // for each node, when it last sent elements to another one
	shownIn  map[int32][]int     // of the wanted elements, the positions of the reads that show them
	lagging  [2]int              // the result of withoutNewest
	searched int                 // bytes of bodies that were looked at again
	hidden   bool                // elements also travel in a form that is not found, or in bodies that are not recorded whole
}

// A coming is the arrival of an element at a party.
type coming struct {
	at      int64
	message int32 // its position in Messages, or noMessage
}

// before reports whether it was before a time.
func (c coming) before(at int64) bool { return c.message != noMessage && c.at < at }

// A link has the messages from one party to another.
type link struct {
	messages []int   // positions in Messages
	carrying int     // how many of them carry elements
	kept     []int32 // for each wanted element, how many carry it
	last     []*Sent // for each wanted element, the last one that is not kept
}

// maxKept is how many messages with one element are kept of one link, and the last one: a node may repeat an element for ever.
const maxKept = 20

const (
	noMessage = -1
	notWanted = -1
)

// newFrontier looks through the journal for elements. Only for the wanted ones, messages are kept.
func newFrontier(s *growset, wanted []int32) *frontier {
	f := &frontier{
		growset: s, scanner: newScanner(s), parties: make(map[string]int), carriers: make(map[int32][]*Sent), links: make(map[[2]string]*link),
		topology: make(map[string][]string), toldAt: make(map[string]int64), sentTo: make(map[string]int64), shownIn: make(map[int32][]int), wanted: slices.Repeat([]int32{notWanted}, len(s.elements)),
	}
	for i, n := range wanted {
		f.carriers[n] = nil
		f.wanted[n] = int32(i)
	}
	f.judge()
	for i := range f.Messages {
		f.enter(i, &f.Messages[i], len(wanted))
	}
	for _, l := range f.links {
		for i, m := range l.last {
			if m != nil {
				f.carriers[wanted[i]] = append(f.carriers[wanted[i]], m)
			}
		}
	}
	for _, n := range wanted {
		slices.SortFunc(f.carriers[n], func(a, b *Sent) int { return cmp.Compare(a.ID, b.ID) })
	}
	f.look()
	return f
}

// enter notes what a message brings.
func (f *frontier) enter(i int, m *Sent, wanted int) {
	client := f.isClient(m.Src)
	switch {
	case f.isClient(m.Dest):
		return
	case client && m.Type == "topology":
		f.tell(m)
		return
	case client && m.Type != f.add:
		return
	}
	var l *link
	if !client {
		l = f.link(m.Src, m.Dest)
		l.messages = append(l.messages, i)
	}
	if len(m.Body) == 0 || m.Body[len(m.Body)-1] != '}' {
		f.hidden = true // it was cut
	}
	at, arrived := m.Arrival()
	dest := f.party(m.Dest)
	filled := false
	f.each(m, func(_ *slot, n int32) bool {
		if n == unknownElement {
			return true
		}
		filled = true
		if w := f.wanted[n]; w != notWanted {
			f.keep(l, n, w, wanted, m)
		}
		if first := &dest[n]; arrived && (first.message == noMessage || at < first.at) {
			*first = coming{at, int32(i)}
		}
		return true
	})
	if filled && l != nil {
		l.carrying++
		if m.Src != m.Dest {
			f.sentTo[m.Src] = m.At
		}
	}
}

// keep keeps a message with a wanted element. Those of clients have no link.
func (f *frontier) keep(l *link, n, place int32, wanted int, m *Sent) {
	list := f.carriers[n]
	switch {
	case len(list) > 0 && list[len(list)-1] == m:
		return // it has the element twice
	case l == nil:
	case l.kept == nil:
		l.kept, l.last = make([]int32, wanted), make([]*Sent, wanted)
		l.kept[place]++
	case l.kept[place] == maxKept:
		l.last[place] = m
		return
	default:
		l.kept[place]++
	}
	f.carriers[n] = append(list, m)
}

// link returns the link from one party to another.
func (f *frontier) link(src, dest string) *link {
	l := f.links[[2]string{src, dest}]
	if l == nil {
		l = &link{}
		f.links[[2]string{src, dest}] = l
	}
	return l
}

// party returns how each element first came to a party.
func (f *frontier) party(id string) []coming {
	i, found := f.parties[id]
	if !found {
		i = len(f.got)
		f.parties[id] = i
		f.got = append(f.got, slices.Repeat([]coming{{0, noMessage}}, len(f.elements)))
	}
	return f.got[i]
}

// tell notes the topology that a node is told.
func (f *frontier) tell(m *Sent) {
	var body struct {
		Topology map[string][]string `json:"topology"`
	}
	if at, ok := m.Arrival(); ok && json.Unmarshal(m.Body, &body) == nil {
		f.topology[m.Dest], f.toldAt[m.Dest] = body.Topology[m.Dest], at
	}
}

// adjacent reports whether the topology links two nodes.
func (f *frontier) adjacent(a, b string) bool {
	return slices.Contains(f.topology[a], b) || slices.Contains(f.topology[b], a)
}

// look notes which reads show the wanted elements, and whether nodes show elements that no message has brought to them.
func (f *frontier) look() {
	total, unexplained := 0, 0
	for i, r := range f.reads {
		dest := f.party(r.done.Node)
		for _, n := range f.listed(r.done.Value) {
			if n == unknownElement {
				continue
			}
			total++
			if !dest[n].before(r.done.Time + 1) {
				unexplained++
			}
			if _, wanted := f.carriers[n]; wanted {
				f.shownIn[n] = append(f.shownIn[n], i)
			}
		}
	}
	if !f.Whole || 100*unexplained > total { // a few may be made up
		f.hidden = true
	}
}

// shows reports whether a read shows a wanted element.
func (f *frontier) shows(r read, n int32) bool {
	_, found := slices.BinarySearch(f.shownIn[n], r.at)
	return found
}

// A source says how it is known that a node had an element.
type source int

// The sources.
const (
	byRequest source = iota // the client's request arrived there
	byMessage               // a message carried it there
	bySending               // the node sent it itself
	byReading               // a read there showed it
)

// A sighting is evidence that a node had an element.
type sighting struct {
	source source
	at     int64
	msg    *Sent // nil if it is shown, or if the journal does not have the request
	read   read
}

// sightings returns the evidence that a node had an element, from a time on and before another one, in the order of time. The messages with
// the element to and from the node are given.
func (f *frontier) sightings(n int32, node string, messages []*Sent, from, before int64) []sighting {
	e := &f.elements[n]
	var all []sighting
	add := func(s sighting) {
		if from <= s.at && s.at < before {
			all = append(all, s)
		}
	}
	request := false
	for _, m := range messages {
		at, arrived := m.Arrival()
		switch {
		case m.Src == node:
			add(sighting{source: bySending, at: m.At, msg: m})
		case m.Dest != node || !arrived:
		case f.isClient(m.Src):
			request = true
			add(sighting{source: byRequest, at: at, msg: m})
		default:
			add(sighting{source: byMessage, at: at, msg: m})
		}
	}
	if e.acked && e.inv.Node == node && !request {
		add(sighting{source: byRequest, at: e.at})
	}
	for _, r := range f.readsAt(node, from, before) {
		if f.shows(r, n) {
			add(sighting{source: byReading, at: r.done.Time, read: r})
		}
	}
	slices.SortStableFunc(all, func(a, b sighting) int { return cmp.Compare(a.at, b.at) })
	return all
}

// spread returns when an element first came to each node before a time, and by which message, for path.
func (f *frontier) spread(n int32, before int64) map[string]visit {
	e := &f.elements[n]
	have := make(map[string]visit)
	put := func(id string, at int64, via *Sent) {
		if v, ok := have[id]; at < before && (!ok || at < v.at) {
			have[id] = visit{at, via}
		}
	}
	for _, m := range f.carriers[n] {
		at, arrived := m.Arrival()
		switch {
		case !arrived:
		case f.isClient(m.Src):
			put(m.Dest, at, nil)
		case m.Dest != e.inv.Node:
			put(m.Dest, at, m)
		}
	}
	if e.acked {
		put(e.inv.Node, e.at, nil)
	}
	for _, i := range f.shownIn[n] {
		put(f.reads[i].done.Node, f.reads[i].done.Time, nil)
	}
	return have
}

// holders returns the nodes that had an element at a time, but for some, sorted.
func (f *frontier) holders(have map[string]visit, but ...string) []string {
	var all []string
	for _, id := range f.Nodes {
		if _, ok := have[id]; ok && !slices.Contains(but, id) {
			all = append(all, id)
		}
	}
	slices.SortFunc(all, compareIDs)
	return all
}
