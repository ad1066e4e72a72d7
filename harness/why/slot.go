package why

import "strings"

// Nodes speak protocols of their own, and small integers are in their messages as numbers of rounds, counts and hops, too. So the slots of
// messages are judged by where their values come from: a slot has elements of the set if a sender had got nearly all that it put there,
// from a client or by an earlier message. A count runs ahead of that.

// A slot is a place in the bodies of one type of message.
type slot struct {
	typ      string
	rejected bool
	total    int // values seen
	unknown  int // of these, such as the sender could not have
	distinct map[int32]bool
}

// Limits of the part of the journal by which slots are judged, and of the number of slots.
const (
	maxJudged     = 20_000    // messages
	maxJudgedSeen = 2_000_000 // values
	maxSlots      = 4096      // of others, nothing is taken for an element
)

// A scanner finds the elements of a set in bodies.
type scanner struct {
	forms map[string]int32 // number of an element, by canonical form
	texts bool             // some elements are strings
	slots map[string]*slot // by type and place; several places with the ids of nodes in them are one slot
	alike map[string]*slot // by type and place without the ids of nodes
	nodes []string

	name  []byte // of the last slot, reused
	last  *slot
	typ   string
	place []byte
}

func newScanner(s *growset) *scanner {
	c := &scanner{forms: make(map[string]int32), slots: make(map[string]*slot), alike: make(map[string]*slot), nodes: s.Nodes}
	for n, e := range s.elements {
		if form, ok := canonical(e.value); ok {
			c.forms[form] = int32(n)
			c.texts = c.texts || form[0] == '"'
		}
	}
	return c
}

// each gives the elements in a message, and unknownElement for other values that could be some, until visit returns false. Values in
// rejected slots are left out.
func (c *scanner) each(m *Sent, visit func(sl *slot, n int32) bool) {
	c.last = nil
	eachScalar(m.Body, func(place, scalar []byte) bool {
		switch scalar[0] {
		case 't', 'f', 'n':
			return true
		case '"':
			if !c.texts {
				return true
			}
		}
		sl := c.slot(m.Type, place)
		if sl == nil || sl.rejected {
			return true
		}
		n, ok := c.forms[string(scalar)]
		if !ok {
			n = unknownElement
		}
		return visit(sl, n)
	})
}

// content returns the elements in a message.
func (c *scanner) content(m *Sent) map[int32]bool {
	all := make(map[int32]bool)
	c.each(m, func(_ *slot, n int32) bool {
		if n != unknownElement {
			all[n] = true
		}
		return true
	})
	return all
}

func (c *scanner) slot(typ string, place []byte) *slot {
	if c.last != nil && c.typ == typ && string(c.place) == string(place) {
		return c.last
	}
	c.typ, c.place = typ, append(c.place[:0], place...)
	c.name = append(append(append(c.name[:0], typ...), 0), place...)
	sl, found := c.slots[string(c.name)]
	if !found {
		if len(c.slots) == maxSlots {
			return nil
		}
		general := typ + "\x00" + withoutIDs(string(place), c.nodes)
		if sl = c.alike[general]; sl == nil {
			sl = &slot{typ: typ, distinct: make(map[int32]bool)}
			c.alike[general] = sl
		}
		c.slots[string(c.name)] = sl
	}
	c.last = sl
	return sl
}

// withoutIDs returns a place with a star for each field that has the name of a node.
func withoutIDs(place string, nodes []string) string {
	for _, id := range nodes {
		for i := 0; ; {
			at := strings.Index(place[i:], "."+id)
			if at < 0 {
				break
			}
			i += at + 1
			if end := i + len(id); end == len(place) || strings.ContainsRune(".[{\"", rune(place[end])) {
				place = place[:i] + "*" + place[end:]
			}
		}
	}
	return place
}

// judge rejects slots whose values are no elements.
func (f *frontier) judge() {
	for rejected := true; rejected; { // once less one of the slots is left
		for _, sl := range f.alike {
			sl.total, sl.unknown, sl.distinct = 0, 0, make(map[int32]bool)
		}
		added := f.trace()
		best := make(map[string]float64) // the lowest share of unknown values, by type
		sure := 1.0                      // the lowest one of a slot that most elements were in
		for _, sl := range f.alike {
			if sl.total > 0 && !sl.rejected && 2*len(sl.distinct) > added {
				sure = min(sure, sl.share())
			}
			if share, found := best[sl.typ]; sl.total > 0 && !sl.rejected && !sl.few(added) && (!found || sl.share() < share) {
				best[sl.typ] = sl.share()
			}
		}
		rejected = false
		for _, sl := range f.alike {
			if sl.total == 0 || sl.rejected {
				continue
			}
			share, found := best[sl.typ]
			worse := found && sl.share() > share+muchWorse || sl.share() > sure+muchWorseType
			if sl.few(added) || sl.share() > mostUnknown || sl.unknown > 2 && worse {
				sl.rejected, rejected = true, true
			}
		}
	}
}

// The shares of unknown values. Some are unknown in any slot if elements also travel in a form that is not found, or if values of an earlier
// life of a node come back.
const (
	mostUnknown   = 0.25
	muchWorse     = 0.003 // than another slot in the same type of messages, such as the number beside a value
	muchWorseType = 0.05  // than a slot in messages of another type, such as how many values a node has
)

func (sl *slot) share() float64 { return float64(sl.unknown) / float64(sl.total) }

// few reports whether the same few values come again and again, as counts of hops do, though clients have added many.
func (sl *slot) few(added int) bool {
	return added >= 20 && 5*len(sl.distinct) < added && sl.total > 4*len(sl.distinct)
}

// trace follows elements through the beginning of the journal, and counts in each slot the values that the sender could not have. It
// returns how many elements clients added.
func (f *frontier) trace() (added int) {
	type at struct {
		party string
		n     int32
	}
	have, requests := make(map[at]int64), make(map[int32]bool)
	seen := 0
	for i := range f.Messages[:min(len(f.Messages), maxJudged)] {
		m := &f.Messages[i]
		client := f.isClient(m.Src)
		if f.isClient(m.Dest) || client && m.Type != f.add {
			continue
		}
		arrival, arrived := m.Arrival()
		f.each(m, func(sl *slot, n int32) bool {
			seen++
			if client {
				requests[n] = true
			} else {
				since, ok := have[at{m.Src, n}]
				sl.total++
				sl.distinct[n] = true
				if n == unknownElement || !ok || since > m.At {
					sl.unknown++
				}
			}
			if n != unknownElement && arrived {
				if since, ok := have[at{m.Dest, n}]; !ok || arrival < since {
					have[at{m.Dest, n}] = arrival
				}
			}
			return true
		})
		if seen > maxJudgedSeen {
			break
		}
	}
	return len(requests)
}
