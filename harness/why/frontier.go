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
	got      [][]int32           // for each party and element, the message by which the element first came there, or noMessage
	carriers map[int32][]*Sent   // of the wanted elements, in the order of sending; the requests of clients are among them
	links    map[[2]string][]int // messages from one party to another, as positions in Messages
	carrying map[[2]string]int   // how many of these carry elements
	topology map[string][]string // for each node, its neighbours in the topology that it was told
	shownIn  map[int32][]int     // of the wanted elements, the positions of the reads that show them
	lagging  [2]int              // the result of withoutNewest
	hidden   bool                // elements also travel in a form that is not found, or in bodies that are not recorded whole
}

const noMessage = -1

// newFrontier looks through the journal for elements. Only for the wanted ones, all messages are kept.
func newFrontier(s *growset, wanted []int32) *frontier {
	f := &frontier{
		growset: s, scanner: newScanner(s), parties: make(map[string]int), carriers: make(map[int32][]*Sent),
		links: make(map[[2]string][]int), carrying: make(map[[2]string]int), topology: make(map[string][]string), shownIn: make(map[int32][]int),
	}
	for _, n := range wanted {
		f.carriers[n] = nil
	}
	f.judge()
	for i := range f.Messages {
		f.enter(i, &f.Messages[i])
	}
	f.look()
	return f
}

// enter notes what a message brings.
func (f *frontier) enter(i int, m *Sent) {
	client := f.isClient(m.Src)
	switch {
	case f.isClient(m.Dest):
		return
	case client && m.Type == "topology":
		f.tell(m)
		return
	case client && m.Type != f.add:
		return
	case !client:
		link := [2]string{m.Src, m.Dest}
		f.links[link] = append(f.links[link], i)
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
		if list, wanted := f.carriers[n]; wanted && (len(list) == 0 || list[len(list)-1] != m) {
			f.carriers[n] = append(list, m)
		}
		if first := dest[n]; arrived && (first == noMessage || at < f.came(first)) {
			dest[n] = int32(i)
		}
		return true
	})
	if filled && !client {
		f.carrying[[2]string{m.Src, m.Dest}]++
	}
}

// came returns when a message arrived that did.
func (f *frontier) came(message int32) int64 {
	at, _ := f.Messages[message].Arrival()
	return at
}

// party returns the messages that brought each element to a party.
func (f *frontier) party(id string) []int32 {
	i, found := f.parties[id]
	if !found {
		i = len(f.got)
		f.parties[id] = i
		f.got = append(f.got, slices.Repeat([]int32{noMessage}, len(f.elements)))
	}
	return f.got[i]
}

// tell notes the topology that a node is told.
func (f *frontier) tell(m *Sent) {
	var body struct {
		Topology map[string][]string `json:"topology"`
	}
	if json.Unmarshal(m.Body, &body) == nil {
		f.topology[m.Dest] = body.Topology[m.Dest]
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
			if dest[n] == noMessage || f.came(dest[n]) > r.done.Time {
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

// sightings returns the evidence that a node had an element, from a time on and before another one, in the order of time.
func (f *frontier) sightings(n int32, node string, from, before int64) []sighting {
	e := &f.elements[n]
	var all []sighting
	add := func(s sighting) {
		if from <= s.at && s.at < before {
			all = append(all, s)
		}
	}
	request := false
	for _, m := range f.carriers[n] {
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
