package main

import (
	"encoding/json"
	"slices"
	"time"

	"glomers/node"
)

// The delays trade messages for latency. No value of theirs can lose or reorder anything.
const (
	// startAfter is the time after which a node talks to the others though no client has come. A node that has been killed must join,
	// even if its clients have lost their requests with it and wait for something else.
	startAfter = 500 * time.Millisecond
	// retryAfter is the time that a peer has for an ack. It covers ackDelay and two hops of up to 100 ms; if hops are slower, nodes only
	// send more than they must.
	retryAfter = 300 * time.Millisecond
	// ackDelay is how long an ack waits for a message that can carry it (TCP's delayed acknowledgement, RFC 1122 §4.2.3.2).
	ackDelay = 100 * time.Millisecond
	// round is the Ask of a message that brings news. The second message of the round makes the news visible to the first node, the
	// third makes the answer visible to the second node. A fourth and a fifth are for what clients sent meanwhile.
	round = 4
	// maxPoll is how many messages of a key a poll returns at the most.
	maxPoll = 500
)

// A state says how much a replica knows of its own past.
//
//	         a client, a message or startAfter            every peer has answered
//	idle ───────────────────────────────────▶ joining ───────────────────────────▶ joined
//	                                            ▲ │                                  ▲
//	                a peer tells of a past: the │ │ settings.alone has passed,       │ every peer
//	              replica forgets what it wrote │ ▼ and nobody has told of a past    │ has answered
//	                                           alone ────────────────────────────────┘
type state string

const (
	idle    state = "idle"    // nothing was sent: the network may not know all nodes yet
	joining state = "joining" // the replica asks its peers for its past; it neither writes nor shows anything
	alone   state = "alone"   // the replica writes and shows messages, but may have a past that it does not know, unless it has a disk
	joined  state = "joined"  // the replica knows its past
)

// A replica decides what a node sends, and when: it is a node.Machine.
//
// Each node sends every other node what it has added to its journal, its news, and how much it has of the other's journal, an ack. A message
// begins where the receiver's copy is known to end, so any later message makes up for a lost one. Who lacks more than a run gets the next
// run as soon as the last one is here.
//
// # A round
//
// A node with news waits until a pace has passed since its last message. Then it begins a round:
//
//	n0 ── news, ask 4 ───────────────────────▶ n1
//	n0 ◀────────────────── news, ack, ask 3 ── n1   n0 shows all that both were sent before the round
//	n0 ── ack ───────────────────────────────▶ n1   n1 shows it, too
//
// If n1 has no news, its ack ends the round. What clients send meanwhile makes the round longer, by two messages at the most. If both nodes
// waited equally long, both would begin; so their paces differ.
//
// # After a loss
//
// A peer that acks nothing for retryAfter is suspected, and asked every retryAfter, for ever. So everything arrives once both directions work:
//
//	n0 ── news, ask 4 ─────────╳               n1
//	n0 ── ask 4 ─────────────────────────────▶ n1   300 ms later: n0 suspects n1
//	n0 ◀─────────────────────────────── ack ── n1   n0 replicates again, from what n1 has
//	n0 ── news, ask 4 ───────────────────────▶ n1   a pace after the question
//
// # After a kill
//
// A node starts without knowing whether it was killed before. If it was, it may have made promises that only its peers know. So it joins: it
// writes nothing before each peer has sent all that it has of both journals.
//
//	n0 ── joining, ask 4 ────────────────────▶ n1   n1 sees a new incarnation: n0 has lost its memory
//	n0 ◀──────── n1's journal, n0's journal ── n1   n0 has joined
//	n0 ── ack ───────────────────────────────▶ n1   n1 ignores what n0's earlier life sent
//
// A replica may be allowed to go on alone if peers do not answer, as most likely it has no past. If a peer tells of a past later, the replica
// forgets what it wrote, which no peer has taken, and joins again. A replica that finds its past on its disk begins in this state.
type replica struct {
	*log
	settings
	incarnation int64
	state       state
	until       time.Duration // when an idle or joining replica leaves its state by itself; never in other states
	peers       []*peer
	past        past // with a disk; see disk.go
}

// The settings are the operator's choices.
type settings struct {
	acksAll   bool          // writes wait until every node has them
	orderOnly bool          // a message may be shown that only one node has
	pace      time.Duration // how long news waits for more after a message
	alone     time.Duration // how long a replica joins before it goes on without those who have not answered; or never
}

// newReplica returns the replica of the node self among nodes, in their common order. A later incarnation must have a higher number.
func newReplica(self string, nodes []string, s settings, incarnation int64) *replica {
	r := &replica{settings: s, incarnation: incarnation, state: idle, until: startAfter}
	r.log = newLog(slices.Index(nodes, self), len(nodes), s.orderOnly)
	for i, id := range nodes {
		switch {
		case i < r.self: // the other is the faster of the two
			r.peers = append(r.peers, newPeer(id, i, s.pace+s.pace/4, 0))
		case i > r.self:
			r.peers = append(r.peers, newPeer(id, i, s.pace, 0))
		}
	}
	r.update()
	return r
}

// writes reports whether the replica may add to its journal.
func (r *replica) writes() bool { return r.state == alone || r.state == joined }

// wake makes an idle replica join, as a client has come.
func (r *replica) wake(now time.Duration) []envelope {
	if r.state != idle {
		return nil
	}
	r.join(now)
	return r.Tick(now)
}

// join makes questions to all peers due.
func (r *replica) join(now time.Duration) {
	r.state, r.until = joining, now+r.alone
	for _, p := range r.peers {
		p.sentAt = now - retryAfter
	}
}

// forget makes the replica, which has gone on alone, join with the past that it turns out to have.
func (r *replica) forget(now time.Duration) []envelope {
	watched := r.properties
	r.log = newLog(r.self, len(r.journals), r.settings.orderOnly)
	r.properties = watched
	r.incarnation++
	for i, p := range r.peers {
		r.peers[i] = newPeer(p.id, p.index, p.pace, p.incarnation)
	}
	r.join(now)
	return r.Tick(now)
}

// An envelope is a message on its way.
type envelope = node.Envelope[message]

// send adds a client's message and returns its offset. The replica must be one that writes.
func (r *replica) send(key string, msg json.RawMessage, now time.Duration) (int64, []envelope) {
	offset := r.log.send(key, msg)
	return offset, r.Tick(now)
}

// commit raises committed offsets. The replica must be one that writes.
func (r *replica) commit(offsets []keyOffset, now time.Duration) []envelope {
	for _, o := range offsets {
		r.log.commit(o.key, o.offset)
	}
	return r.Tick(now)
}

// A keyOffset is an offset of a key.
type keyOffset struct {
	key    string
	offset int64
}

// poll returns messages of a key from offset on: in order, without a gap, the same on every node. There are more if there are maxPoll.
func (r *replica) poll(key string, offset int64) []entry {
	if !r.writes() {
		return nil // our own messages may be missing
	}
	return r.log.poll(key, offset, maxPoll)
}

// reachable reports whether no peer is known not to answer.
func (r *replica) reachable() bool {
	return r.writes() && !slices.ContainsFunc(r.peers, func(p *peer) bool { return p.state == suspected })
}

// Receive takes a message from another node. Messages of anybody else and of a peer's earlier life are ignored.
func (r *replica) Receive(from string, m message, now time.Duration) []envelope {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.id == from })
	if i < 0 || m.Incarnation < r.peers[i].incarnation || !m.valid() {
		return nil
	}
	p := r.peers[i]
	if r.state == idle {
		r.join(now)
	}
	toUs := m.Of == r.incarnation
	if toUs && p.state == asked && m.Have > 0 && !r.past.known { // we have a past, for p was sent nothing yet
		r.until = never
		if r.state == alone {
			return r.forget(now)
		}
	}
	progress := toUs && r.state == joining && r.extend(r.self, m.Yours)
	p.receive(m, toUs, len(r.own()), now)
	progress = r.extend(p.index, m.Mine) || progress
	lacking := len(r.journals[p.index]) < m.Length || r.state == joining && len(r.own()) < m.Have
	if toUs && !lacking {
		p.settled = max(p.settled, min(m.Have, len(r.own())))
	}
	if r.state == joined || toUs && !lacking {
		p.state = replicating
	}

	var out []envelope
	r.update()
	switch {
	case lacking && progress: // the run was not the last, so the next is there to be asked for
		r.long.Reach()
		out = append(out, r.tell(p, 1, now))
	case m.Ask > 0:
		reply := r.tell(p, m.Ask-1, now)
		if p.state == replicating && !(reply.Message.Mine.sends() && r.hides()) {
			reply.Message.Ask = 0 // only messages of clients that are invisible here are worth an answer
		}
		out = append(out, reply)
	}
	return append(out, r.Tick(now)...)
}

// Tick does what is due. An early or a superfluous call does no harm.
func (r *replica) Tick(now time.Duration) []envelope {
	if r.until <= now {
		if r.state == idle {
			r.join(now)
		} else {
			r.state, r.until = alone, never
			r.solo.Reach()
		}
	}
	r.update()
	var out []envelope
	for _, p := range r.peers {
		if p.unackedAt+retryAfter <= now {
			p.state, p.sent, p.unackedAt = suspected, p.acked, never // what p was sent may be lost
			r.silence.Reach()
		}
		if r.due(p) > now {
			continue
		}
		ask := 0
		if p.state != replicating || r.news(p) {
			ask = round
		}
		out = append(out, r.tell(p, ask, now))
	}
	return out
}

// Next returns the time of the next Tick, or never.
func (r *replica) Next() time.Duration {
	at := r.until
	for _, p := range r.peers {
		at = min(at, r.due(p), p.unackedAt+retryAfter)
	}
	return min(at, never)
}

// update draws the conclusions from what the peers have said.
func (r *replica) update() {
	everywhere, all := len(r.own()), true
	r.pending = false
	for _, p := range r.peers {
		everywhere = min(everywhere, p.acked)
		all = all && p.state == replicating
		r.pending = r.pending || p.settled < r.closed
	}
	if all {
		r.state, r.until, r.whole = joined, never, true
	}
	r.stabilise(everywhere)
}

// open reports whether p may be sent what we write. Before p has told how much it has of our journal, that might not be a prefix.
func (r *replica) open(p *peer) bool { return r.writes() && p.state != asked && p.state != suspected }

// news reports whether we have something for p. Where epochs are closed, a promise is not worth a message: every message carries it, and
// whoever waits for a promise has asked.
func (r *replica) news(p *peer) bool {
	return r.open(p) && (p.sent < len(r.own()) || len(r.unstated) > 0 && !r.epochs())
}

// due returns when p must be sent a message.
func (r *replica) due(p *peer) time.Duration {
	if r.state == idle {
		return never
	}
	at := p.ackBy
	if p.state != replicating {
		at = min(at, p.sentAt+retryAfter)
	}
	if r.news(p) {
		at = min(at, p.sentAt+p.pace)
	}
	return at
}

// tell returns a message to p.
func (r *replica) tell(p *peer, ask int, now time.Duration) envelope {
	m := message{Incarnation: r.incarnation, Of: p.incarnation, Joining: r.state == joining, Have: len(r.journals[p.index]), Ask: ask}
	if p.state != replicating {
		m.Ask = max(ask, 1)
	}
	m.Mine.From = p.acked
	if r.open(p) {
		if r.epochs() && ask == round {
			r.close()
		}
		r.promise()
		m.Mine = r.own().from(p.acked)
	}
	m.Length = len(r.own())
	if p.joining {
		m.Yours = r.journals[p.index].from(p.length)
	}
	p.send(m, now)
	return envelope{Dest: p.id, Message: m}
}
