package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"glomers/node"
)

// The delays trade messages for latency. Whatever they are, nothing gets lost or reordered.
const (
	// pace is the time from one message with news to the next. It bounds the time until a write is seen elsewhere, a pace and
	// a hop, and the cost: of n nodes that are all busy, n(n-1) messages per pace.
	pace = 100 * time.Millisecond
	// ackDelay is how long an acknowledgement waits for a message that is sent anyway (RFC 1122 §4.2.3.2, as in TCP).
	ackDelay = 200 * time.Millisecond
	// retryAfter is how long a peer may leave a question unanswered. It covers ackDelay and two hops of up to 150 ms. If hops
	// are slower, nodes send more than they must.
	retryAfter = 500 * time.Millisecond
)

// A replica runs transactions, and decides what the nodes tell each other and when: it is a node.Machine.
//
// Each node sends every other its own writes, at a pace. A message says what the sender has, and brings all that the receiver is
// not known to have. So any later message makes up for a lost one, and acknowledgements ride along. A message also brings the
// writes of third nodes on which the sender's own writes may depend. For their own sake the writes of third nodes are passed on
// only if they are not acknowledged for a while, as when a link is cut.
//
// # Why everything arrives
//
// Two nodes are settled when each knows that the other has just what it has itself: then they are silent. As long as a node
// does not know that, it sends and asks every retryAfter, for ever, and each question is answered. So once a question and its
// answer get through, the asker knows what the other has, and sends all that it lacks. This holds for every pair, so writes go
// wherever any chain of links leads.
//
// A peer that does not answer is suspected: then it is sent questions, and no news. A question has the sender's own set as its
// Base, and therefore carries nothing, however much there is to tell.
//
// # Losing the memory
//
// A node that was killed starts empty, under a new origin. Its writes of before are like those of any other node: it gets back
// what others have of them. It introduces itself. A node says at once what it has if it is asked by a node that has not heard of
// it, or is sent a message whose Base it lacks. So the first message corrects what the others believed of the earlier life.
//
// # Why there are no storms
//
// Of its own accord a node sends a peer at most one message each pace. It answers a message at most once; and at once only in
// the two cases above, which occur at most twice in a row. The first such answer has as its Base what was just said, so it is
// merged. So is the second one, and by then both know each other.
type replica struct {
	*store
	peers []*peer
}

// An envelope is a message on its way.
type envelope = node.Envelope[message]

// originOf names a life of a node: from its start until it is killed. Two lives of a node must not start in the same microsecond,
// by its clock.
func originOf(node string, start time.Time) string {
	return fmt.Sprintf("%s@%d", node, start.UnixMicro())
}

// newReplica returns the replica of the node self among nodes. Its first tick is due at once.
func newReplica(self, origin string, nodes []string) *replica {
	r := &replica{store: newStore(origin)}
	for _, id := range nodes {
		if id != self {
			r.peers = append(r.peers, &peer{id: id, silentSince: never}) // to be told of us at once
		}
	}
	return r
}

// run runs a client's transaction and returns it with its reads filled in. wall is the time of the wall clock in µs.
func (r *replica) run(txn []microOp, wall int64, now time.Duration) ([]microOp, []envelope) {
	done := r.store.run(txn, wall)
	return done, r.Tick(now)
}

// Receive takes a message from another node. A message from anybody else is ignored.
func (r *replica) Receive(from string, m message, now time.Duration) []envelope {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.id == from })
	if i < 0 || !m.valid() {
		return nil
	}
	p := r.peers[i]
	merged := r.merge(m.update)
	p.hear(m, r.origin, now)
	if !merged || m.Ask && !m.Have.knows(r.origin) {
		p.ackBy = now
	}
	return r.Tick(now)
}

// Tick sends what is due.
func (r *replica) Tick(now time.Duration) []envelope {
	var out []envelope
	for _, p := range r.peers {
		p.observe(r.have, now)
		if p.due(r.own()) <= now {
			out = append(out, r.tell(p, now))
		}
	}
	return out
}

// Next returns when the next message is due.
func (r *replica) Next() time.Duration {
	at := never
	for _, p := range r.peers {
		at = min(at, p.due(r.own()))
	}
	return at
}

// own returns the time of our latest write.
func (r *replica) own() int64 { return r.have[r.origin] }

// tell returns a message to p.
func (r *replica) tell(p *peer, now time.Duration) envelope {
	have := r.have.clone()
	m := message{update{Have: have, Base: have}, !p.acked.equal(have)}
	sent := p.acked[r.origin] // what it was sent besides may be lost
	if !p.suspected(now) {
		m.Base, m.Writes = p.acked, r.since(p.acked)
		sent = r.own()
	}
	p.send(m, sent, now)
	return envelope{Dest: p.id, Message: m}
}

// String returns a line for the registers and one for each peer.
func (r *replica) String() string {
	var b strings.Builder
	b.WriteString("has")
	for _, k := range slices.Sorted(maps.Keys(r.registers)) {
		fmt.Fprintf(&b, " %s=%s", strings.Trim(string(k), `"`), r.registers[k].Value)
	}
	for _, p := range r.peers {
		fmt.Fprintf(&b, "\n%s: acked all: %v", p.id, p.acked.equal(r.have))
	}
	return b.String()
}
