package main

import (
	"encoding/json"
	"slices"
	"time"

	"glomers/node"
)

// The delays trade messages for latency. No value of theirs can lose or reorder anything.
const (
	// retryAfter is how long a peer may leave what it was sent unconfirmed. It covers ackDelay and two
	// hops of up to 100 ms; if hops are slower, nodes only send more than they must.
	retryAfter = 300 * time.Millisecond
	// ackDelay is how long a confirmation waits for a message that is sent anyway (the
	// delayed acknowledgement of TCP, RFC 1122 §4.2.3.2).
	ackDelay = 100 * time.Millisecond
	// round is the Ask of a message that brings news. The answer makes the sender's messages visible to
	// it, the third message does the same for the receiver's. A fourth and a fifth are for
	// those that clients sent while the round was under way.
	round = 4
	// maxPoll is how many messages of a key a poll returns at the most.
	maxPoll = 500
)

// A replica decides what a node sends, and when: it is a node.Machine.
//
// Each node sends every other what it has added to its journal, and how much it has of the other's. A
// message begins where the receiver's copy is known to end, so that any later message makes up
// for a lost one; what the receiver has already, it skips.
//
// # Rounds
//
// When a node has news and has sent nothing for a while, it begins a round. Its news is
// answered at once; if the answer brings messages of clients, so is that, and so on, but never more than
// round times. Thus all messages that were given to either node before the round are visible on both after
// it. If both nodes waited equally long, they would begin at the same time; so one is a little
// faster, and the other's news goes out with its answers.
//
// # Why everything arrives
//
// If a peer confirms nothing for retryAfter, it is suspected: then it is sent no news, but a question
// every retryAfter, for ever. Once both directions work, one is answered with how much the
// peer has. It gets the rest in runs, and asks for the next as soon as it has one.
//
// # Losing the memory
//
// A node starts without knowing whether it was killed before. If it was, it may have promised things, and
// only its peers know. So it joins first: each peer sends what it has of the newcomer's journal,
// and all of its own. The newcomer writes nothing before every peer has
// done so. From then on peers ignore what its earlier incarnations sent.
//
// A replica may be allowed to go on alone if peers do not answer: most likely it has no past. If
// it learns later that it has, it forgets what it wrote, which no peer has taken, and joins again.
type replica struct {
	*log
	settings
	incarnation int64
	started     bool          // it sends
	aloneAt     time.Duration // when it goes on without the answers that are missing
	joined      bool          // it may write
	peers       []*peer
}

// The settings are what the operator chooses.
type settings struct {
	pace  time.Duration // how long news waits for more after a message
	alone time.Duration // how long a node that starts waits for all others before it goes on without; or never

	orderOnly bool // a message may be shown that only one node has
}

// newLog returns an empty log.
func (s settings) newLog(self, nodes int) *log {
	l := newLog(self, nodes)
	l.orderOnly = s.orderOnly
	return l
}

// newReplica returns a replica that knows no nodes. A later incarnation must have a higher number.
func newReplica(incarnation int64) *replica {
	return &replica{log: newLog(0, 1), incarnation: incarnation}
}

// join makes the replica the node self among nodes, in the order that all of them agree on. It is called
// once.
func (r *replica) join(self string, nodes []string, t settings) {
	r.settings = t
	r.log = r.newLog(slices.Index(nodes, self), len(nodes))
	for i, id := range nodes {
		switch {
		case i < r.self: // it is the faster one
			r.peers = append(r.peers, newPeer(id, i, t.pace+t.pace/4))
		case i > r.self:
			r.peers = append(r.peers, newPeer(id, i, t.pace))
		}
	}
	r.update()
}

// start makes the replica talk to its peers, if it does not yet. It is called when the first client has come, or
// after a while: before that the network may not know all nodes.
func (r *replica) start(now time.Duration) []envelope {
	if r.started {
		return nil
	}
	r.begin(now)
	return r.Tick(now)
}

// begin makes first messages due.
func (r *replica) begin(now time.Duration) {
	r.started = true
	r.aloneAt = now + r.alone
	for _, p := range r.peers {
		p.sentAt = now - retryAfter
	}
}

// forget makes the replica join again, having written without knowing its past.
func (r *replica) forget(now time.Duration) {
	r.log = r.newLog(r.self, len(r.journals))
	r.incarnation++
	r.joined = false
	for i, p := range r.peers {
		r.peers[i] = newPeer(p.id, p.index, p.pace)
		r.peers[i].incarnation = p.incarnation
	}
	r.begin(now)
}

// An envelope is a message on its way.
type envelope = node.Envelope[message]

// send adds a client's message and returns its offset. The replica must have joined.
func (r *replica) send(key string, msg json.RawMessage, now time.Duration) (int64, []envelope) {
	offset := r.log.send(key, msg)
	return offset, r.Tick(now)
}

// commit raises committed offsets. The replica must have joined.
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

// poll returns messages of a key from offset on: in order, without a gap, the same on every
// node. There are more if there are maxPoll.
func (r *replica) poll(key string, offset int64) []entry {
	if !r.joined {
		return nil // our own messages may be missing
	}
	return r.log.poll(key, offset, maxPoll)
}

// reachable tells whether there is no peer that has failed to answer.
func (r *replica) reachable() bool {
	return r.joined && !slices.ContainsFunc(r.peers, func(p *peer) bool { return p.suspected })
}

// Receive takes a message from another node. One from anybody else is ignored, and one
// from an earlier incarnation too.
func (r *replica) Receive(from string, m message, now time.Duration) []envelope {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.id == from })
	if i < 0 || m.Incarnation < r.peers[i].incarnation || !m.valid() {
		return nil
	}
	p := r.peers[i]
	if !r.started {
		r.begin(now)
	}
	forUs := m.Of == r.incarnation
	if forUs && !p.greeted && m.Have > 0 { // we have a past, for p was sent nothing yet
		r.aloneAt = never
		if r.joined {
			r.forget(now)
			return r.Tick(now)
		}
	}
	p.greeted = p.greeted || forUs
	progress := forUs && !r.joined && r.extend(r.self, m.Yours)
	p.hear(m, len(r.own()), now)
	progress = r.extend(p.index, m.Mine) || progress
	lacking := len(r.journals[p.index]) < m.Length || !r.joined && len(r.own()) < m.Have
	p.answered = p.answered || forUs && !lacking
	if forUs && !lacking {
		p.settled = max(p.settled, min(m.Have, len(r.own())))
	}

	var out []envelope
	r.update()
	switch {
	case lacking && progress: // the run was not the last, so the next is there to be asked for
		out = append(out, r.tell(p, 1, now))
	case m.Ask > 0:
		reply := r.tell(p, m.Ask-1, now)
		if p.answered && !(reply.Message.Mine.sends() && r.hides()) {
			reply.Message.Ask = 0 // messages of clients are worth an answer as long as they are invisible here
		}
		out = append(out, reply)
	}
	return append(out, r.Tick(now)...)
}

// Tick does what is due. It is called at the time that Next returned; earlier or
// more often does no harm.
func (r *replica) Tick(now time.Duration) []envelope {
	if r.started && r.aloneAt <= now {
		r.joined = true
	}
	r.update()
	var out []envelope
	for _, p := range r.peers {
		if p.waitingAt+retryAfter <= now {
			p.suspect()
		}
		if r.due(p) > now {
			continue
		}
		ask := 0
		if p.suspected || !p.answered || r.news(p) {
			ask = round
		}
		out = append(out, r.tell(p, ask, now))
	}
	return out
}

// Next returns when Tick is to be called: never if nothing is planned.
func (r *replica) Next() time.Duration {
	at := never
	if r.started && !r.joined {
		at = min(at, r.aloneAt)
	}
	for _, p := range r.peers {
		at = min(at, r.due(p), p.waitingAt+retryAfter)
	}
	return at
}

// update draws the conclusions from what the peers have said.
func (r *replica) update() {
	everywhere, answered := len(r.own()), true
	r.pending = false
	for _, p := range r.peers {
		everywhere = min(everywhere, p.acked)
		answered = answered && p.answered
		r.pending = r.pending || p.settled < r.closed
	}
	r.joined = r.joined || answered
	r.whole = answered
	r.stabilise(everywhere)
}

// open tells whether p may be sent what we write. Before p has told what it has of our journal, that might
// not be a prefix.
func (r *replica) open(p *peer) bool { return r.joined && p.greeted && !p.suspected }

// news tells whether we have something for p. Where epochs are closed, a promise is none: it is in every
// message, and whoever waits for one has asked.
func (r *replica) news(p *peer) bool {
	return r.open(p) && (p.sent < len(r.own()) || len(r.unstated) > 0 && !r.epochs())
}

// due returns when p must be sent a message.
func (r *replica) due(p *peer) time.Duration {
	if !r.started {
		return never
	}
	at := p.ackBy
	if p.suspected || !p.answered {
		at = min(at, p.sentAt+retryAfter)
	}
	if r.news(p) {
		at = min(at, p.sentAt+p.pace)
	}
	return at
}

// tell returns a message to p.
func (r *replica) tell(p *peer, ask int, now time.Duration) envelope {
	m := message{Incarnation: r.incarnation, Of: p.incarnation, Joining: !r.joined, Have: len(r.journals[p.index]), Ask: ask}
	if !p.answered {
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
