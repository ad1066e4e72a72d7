package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"glomers/node"
)

// The times from one exchange of a leaf with another to the next. While the hub does not acknowledge what it was sent, or the
// leaf is joining, it is the retry of the leaf's pace.
const (
	silentAfter   = 10 * time.Second // while nothing comes from the hub
	exchangeEvery = time.Minute      // while all is well
)

// A replica decides what a node sends, and when: it is a node.Machine.
//
// The state is a set that only grows, and merging is union: a state-based CRDT, the G-Set (Shapiro et al. 2011). Duplicates and
// reordering do no harm, and any later message makes up for a lost one.
//
// Nodes form a star or a mesh; see plan. In a star, leaves send news to the hub, and the hub sends it to the leaves in
// rounds. Because a cut may part a node from the hub, leaves also send their set to random leaves, and are told what
// they lack (push-pull anti-entropy, Demers et al. 1987): seldom as a rule, but often while the hub does not acknowledge
// what they sent, or is silent.
//
// A node that has just started may have been there before, and lost its memory. It is joining until it hears from another
// node, and asks random ones meanwhile.
//
// # Why every value reaches every node
//
// Let v be a value, and let S be the nodes that have it, which never lose it. Suppose that the links which deliver something again
// and again, be they one-way, lead from S to the other nodes. Then one of these links leads from some node u in S to some w outside.
//
//  1. If u and w are neighbours: w does not have v, hence never acknowledged it. u plans to send news as soon as a neighbour may
//     lack any, so it sends v; and then again whenever its retry has passed, for ever.
//  2. If both are leaves: u sends to a random leaf at least every exchangeEvery, for ever, so with probability 1 it chooses w
//     again and again.
//
// Every message carries all of u's set, so w gets v, and S grows until it has all nodes.
//
// # Why there are no storms
//
// A node sends a neighbour the news that came from a client, which the hub of a star passes on once a round. Apart from that it sends
// at most one message in each of its relay, retry and ack. A leaf sends at most one exchange in each retry, and an exchange is answered
// at most once, as an answer does not ask.
type replica struct {
	pace       pace // its own
	have       set
	peers      map[string]*peer
	neighbours []*peer // in a star, of the hub all nodes, of a leaf the hub; in a mesh all nodes
	strangers  []*peer // of a leaf the other leaves, of others none
	rng        *rand.Rand

	clock        time.Duration // what the wall clock showed when the replica's time was 0
	newsAt       time.Duration // when neighbours are sent what is new to them; never if nothing is
	roundAt      time.Duration // when that was done last
	joining      bool          // no other node has sent a message yet
	heardAt      time.Duration // when a neighbour last sent one
	unackedSince time.Duration // since when the node is joining, or a neighbour lacks an ack of what it was sent; never if neither
	exchangedAt  time.Duration // when a stranger was last chosen

	durable bool     // what clients give us goes to the disk
	unsaved [][]byte // records for it

	properties
}

// newReplica returns the replica of the node self among nodes, in the order that all of them agree on. The replica keeps rng, and
// draws from it in the calls of its methods.
func newReplica(p plan, self string, nodes []string, rng *rand.Rand) *replica {
	hub := self == nodes[0]
	r := &replica{
		pace: p.leaf,
		have: set{}, peers: make(map[string]*peer, len(nodes)),
		rng:    rng,
		newsAt: never, roundAt: -never,
		joining: true,
	}
	if hub {
		r.pace = p.hub
	}
	for i, id := range nodes {
		if id == self {
			continue
		}
		other := &peer{id: id, neighbour: p.mesh || hub || i == 0, ackBy: never}
		r.peers[id] = other
		if other.neighbour {
			r.neighbours = append(r.neighbours, other)
		} else {
			r.strangers = append(r.strangers, other)
		}
	}
	r.unackedSince = r.pace.own.slot                                     // others may wait for the first slot
	r.exchangedAt = -time.Duration(rng.Int64N(int64(exchangeEvery / 2))) // so that leaves do not go in step
	return r
}

// SetWallClock sets the clock that slots go by. Wall clocks are only good for slots: they may be off, and be set.
func (r *replica) SetWallClock(zero time.Time) { r.clock = time.Duration(zero.UnixNano()) }

// An envelope is a gossip on its way.
type envelope = node.Envelope[gossip]

// broadcast adds a client's value.
func (r *replica) broadcast(v int64, now time.Duration) []envelope {
	r.have = r.have.union(set{{v, v}})
	r.save(v)
	r.announce(r.pace.own, now)
	return r.Tick(now)
}

// Receive merges a message from another node. A message from anybody else is ignored.
func (r *replica) Receive(from string, g gossip, now time.Duration) []envelope {
	p := r.peers[from]
	if p == nil {
		return nil
	}
	r.joining = false
	if p.neighbour {
		r.heardAt = now
	}
	p.hear(g, now+r.pace.ack)
	news := !r.have.containsAll(g.Have)
	r.roundHub.Check(news && !p.neighbour)
	if news {
		r.have = r.have.union(g.Have)
		r.announce(r.pace.relay, now)
	}
	if r.nested.Watched() {
		r.nested.Check(p.sent.containsAll(p.acked) && r.have.containsAll(p.sent))
	}
	out := r.Tick(now)
	if !p.neighbour && g.Ask && p.newsDue(r.have, now, p.sentAt+r.pace.retry) <= now {
		out = append(out, r.tell(p, false, now))
	}
	return out
}

// Tick sends what is due.
func (r *replica) Tick(now time.Duration) []envelope {
	var out []envelope
	for _, p := range r.neighbours {
		if r.due(p) <= now {
			r.again.Check(p.sent.containsAll(r.have) && !p.acked.containsAll(p.sent))
			out = append(out, r.tell(p, !p.acked.containsAll(r.have), now))
		}
	}
	if r.newsAt <= now {
		r.newsAt, r.roundAt = never, now
	}
	r.observe(now)
	if r.exchangeDue() <= now {
		r.exchangedAt = now
		partners := r.partners()
		out = append(out, r.tell(partners[r.rng.IntN(len(partners))], true, now))
	}
	return out
}

// Next returns when the next message is due; never if nothing is planned.
func (r *replica) Next() time.Duration {
	at := min(r.newsAt, r.exchangeDue())
	for _, p := range r.neighbours {
		at = min(at, r.due(p))
	}
	return at
}

// announce plans to tell the neighbours what is new to any of them, after a wait.
func (r *replica) announce(w wait, now time.Duration) {
	for _, p := range r.neighbours {
		if !p.sent.containsAll(r.have) {
			r.newsAt = min(r.newsAt, max(r.after(w, now), r.roundAt+r.pace.rest))
			return
		}
	}
}

// after returns the end of a wait that begins at t.
func (r *replica) after(w wait, t time.Duration) time.Duration {
	if w.slot > 0 {
		t += w.slot - (r.clock+t)%w.slot
	}
	return t + w.more
}

// observe keeps unackedSince: it becomes now when the first acknowledgement is missing, and never when the last has come.
func (r *replica) observe(now time.Duration) {
	unacked := r.joining || slices.ContainsFunc(r.neighbours, func(p *peer) bool { return !p.acked.containsAll(p.sent) })
	switch {
	case !unacked:
		r.unackedSince = never
	case r.unackedSince == never:
		r.unackedSince = now
	}
}

// due returns when the neighbour p must be told what we have.
func (r *replica) due(p *peer) time.Duration {
	return min(p.newsDue(r.have, r.newsAt, r.after(wait{slot: r.pace.own.slot}, p.sentAt+r.pace.retry)), p.ackBy)
}

// partners returns the peers of which an exchange chooses one.
func (r *replica) partners() []*peer {
	if r.joining {
		return slices.Concat(r.neighbours, r.strangers)
	}
	return r.strangers
}

// exchangeDue returns when to choose a partner: soon, if an acknowledgement has been missing, or the hub has been silent, for
// so long that the hub is suspected of being cut off.
func (r *replica) exchangeDue() time.Duration {
	if len(r.partners()) == 0 {
		return never
	}
	return min(
		r.exchangedAt+exchangeEvery,
		max(r.exchangedAt, r.heardAt)+silentAfter,
		max(r.exchangedAt, r.unackedSince)+r.pace.retry,
	)
}

// tell returns a message to p with everything that we have.
func (r *replica) tell(p *peer, ask bool, now time.Duration) envelope {
	p.send(r.have, now)
	r.intervals.See(float64(len(r.have)))
	return envelope{Dest: p.id, Message: gossip{r.have, ask}}
}

// String returns a line for each peer.
func (r *replica) String() (lines string) {
	for _, p := range slices.Concat(r.neighbours, r.strangers) {
		lines += fmt.Sprintln(p)
	}
	return lines
}
