package why

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"glomers/harness/record"
)

// A kvKey is a key of a key/value service.
type kvKey struct{ service, key string }

// A served is a request of a node to a key/value service that was carried out, as its reply shows: when that was sent.
type served struct {
	call
	slot   kvKey
	at     int64
	seen   int64 // when the reply came to the node; MaxInt64 if it never did
	number int64 // that a read returned, or that was written; 0 of a key that does not exist
	ok     bool  // there is such a number
}

// A change is a write or cas that took effect on a number.
type change struct {
	*served
	before *change // that it replaced; nil if it is the first
	prev   int64   // the number that it replaced
	base   int64   // the number that its node took it for
	read   *served // from which the node had that; nil if there is none
	added  *add    // for which it was made, as far as that can be told
}

// meant returns what the change was to add.
func (c *change) meant() int64 { return c.number - c.base }

// numbers are the numbers that nodes keep in services.
type numbers struct {
	refused []*served            // writes and cas that were answered with an error
	lost    []*Sent              // requests that never came to their service
	changes map[kvKey][]*change  // in the order in which they took effect
	told    map[string][]*served // what each node learned of a number, also by writing it, in the order of time
}

// numbers reads all requests to services, in one pass.
func (r *Run) numbers() *numbers {
	type id struct{ node, service, msg string }
	asked := make(map[id]*Sent)
	n := &numbers{changes: make(map[kvKey][]*change), told: make(map[string][]*served)}
	var all []*served
	counts := make(map[kvKey]bool) // keys that had a number, and were read or swapped
	for i := range r.Messages {
		m := &r.Messages[i]
		switch {
		case r.role(m.Dest) == record.Service && r.IsNode(m.Src):
			asked[id{m.Src, m.Dest, string(member(m.Body, "msg_id"))}] = m
			if _, ok := m.Arrival(); !ok {
				n.lost = append(n.lost, m)
			}
		case r.role(m.Src) == record.Service && r.IsNode(m.Dest):
			request := asked[id{m.Dest, m.Src, string(member(m.Body, "in_reply_to"))}]
			if request == nil {
				continue
			}
			s := newServed(request, m)
			all = append(all, s)
			counts[s.slot] = counts[s.slot] || s.ok && s.request.Type != "write"
		}
	}
	for _, s := range all {
		switch {
		case !counts[s.slot]:
		case s.refused != "" && !s.reads():
			n.refused = append(n.refused, s)
		case s.ok:
			n.told[s.request.Src] = append(n.told[s.request.Src], s)
		}
	}
	for _, list := range n.told {
		slices.SortStableFunc(list, func(a, b *served) int { return cmp.Compare(a.seen, b.seen) })
	}
	for _, s := range all {
		if counts[s.slot] && s.ok && !s.reads() && s.refused == "" {
			n.change(s)
		}
	}
	return n
}

func newServed(request, reply *Sent) *served {
	s := &served{call: callOf(request, reply), at: reply.At, seen: math.MaxInt64}
	s.slot = kvKey{request.Dest, s.key}
	if at, ok := reply.Arrival(); ok {
		s.seen = at
	}
	switch {
	case !s.reads():
		s.number, s.ok = integer(s.value)
	case s.refused == "":
		s.number, s.ok = integer(s.result)
	default:
		s.ok = string(member(reply.Body, "code")) == "20" // the key does not exist
	}
	return s
}

// integer returns a number of JSON as an integer.
func integer(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// change notes a write or cas that took effect.
func (n *numbers) change(s *served) {
	c := &change{served: s}
	list := n.changes[s.slot]
	if len(list) > 0 {
		c.before = list[len(list)-1]
		c.prev = c.before.number
	}
	c.read = n.lastTold(s.request.Src, s.slot, s.request)
	c.base = c.prev
	if from, ok := integer(s.expected); ok && s.request.Type == "cas" {
		c.prev, c.base = from, from
	} else if c.read != nil {
		c.base = c.read.number
	}
	n.changes[s.slot] = append(list, c)
}

// lastTold returns what a node had last learned of a number before it sent a message; nil if there is nothing.
func (n *numbers) lastTold(node string, at kvKey, before *Sent) *served {
	for _, s := range slices.Backward(n.until(node, before.At)) {
		if s.slot == at && s.reply.ID < before.ID {
			return s
		}
	}
	return nil
}

// until returns what a node had learned at a time.
func (n *numbers) until(node string, at int64) []*served {
	list := n.told[node]
	i, _ := slices.BinarySearchFunc(list, at, func(s *served, at int64) int {
		if s.seen <= at {
			return -1
		}
		return 1
	})
	return list[:i]
}

// inForce returns the change that a service had last carried out before it sent a message, and the one that replaced another; nil if there
// is none.
func (n *numbers) inForce(at kvKey, before int64) *change {
	list := n.changes[at]
	i, _ := slices.BinarySearchFunc(list, before, func(c *change, id int64) int { return cmp.Compare(c.reply.ID, id) })
	if i == 0 {
		return nil
	}
	return list[i-1]
}

// replaced returns the change that replaced a number which a node was told before that; nil if none did.
func (n *numbers) replaced(s *served, until int64) *change {
	var last *change
	for _, c := range n.changes[s.slot] {
		if c.reply.ID > until {
			break
		}
		if c.prev == s.number && c.number != s.number {
			last = c
		}
	}
	return last
}
