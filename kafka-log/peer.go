package main

import (
	"time"

	"glomers/node"
)

// A message is the only kind of message between nodes.
type message struct {
	// Incarnation is the time at which the sender was started. It tells a node that has lost its memory from the node's earlier life.
	Incarnation int64 `json:"incarnation"`
	Of          int64 `json:"of"` // the receiver's incarnation; 0 if the sender does not know it

	Joining bool `json:"joining,omitempty"` // the sender may lack a part of its own journal
	Length  int  `json:"length"`            // of the sender's journal
	Have    int  `json:"have"`              // how much of the receiver's journal the sender has: an ack

	// Ask is how many more messages may follow at once: with 1 the receiver answers, with 2 the sender answers the answer, and so on.
	Ask int `json:"ask,omitempty"`

	Mine  run `json:"mine"`           // of the sender's journal, from where the receiver's copy is known to end
	Yours run `json:"yours,omitzero"` // of the receiver's journal, while the receiver is joining
}

// valid reports whether a node can have sent m.
func (m message) valid() bool {
	return m.Length >= 0 && m.Have >= 0 && m.Mine.valid() && m.Yours.valid()
}

const never = node.Never

// A peerState says what a replica does with another node.
//
//	        an answer             all that the peer had is here
//	asked ─────────────▶ fetching ──────────────────────────────▶ replicating
//	                       ▲ │                                        │
//	             a message │ │ nothing acked for retryAfter           │
//	                       │ ▼                                        │
//	                     suspected ◀──────────────────────────────────┘
//
// Once a replica has joined, it has had all that its peers had, so a message takes a suspected peer back to replicating at once. A replica
// that forgets begins anew, with asked.
type peerState string

const (
	asked       peerState = "asked"       // the peer has not said how much of our journal it has: it gets questions only
	fetching    peerState = "fetching"    // we lack a part of what the peer had when it answered: it gets our news, and questions
	replicating peerState = "replicating" // it gets our news
	suspected   peerState = "suspected"   // it may be out of reach: it gets questions only
)

// A peer is what a replica knows of another node.
//
// Invariant: acked ≤ sent ≤ the length of our journal. Nothing is sent to a peer that is asked or suspected: acked = sent.
type peer struct {
	id    string
	index int           // among the nodes
	pace  time.Duration // from a message to the next news
	state peerState

	incarnation int64 // the latest that we have heard of; 0 before the first message
	joining     bool  // the peer may lack a part of its own journal
	length      int   // of its journal, as the peer said last

	sent    int // how much of our journal the peer has if no message was lost
	acked   int // how much of our journal the peer has said that it has
	settled int // what the peer had written when it had this much of our journal is all here

	sentAt    time.Duration // when we last sent to the peer
	unackedAt time.Duration // since when the peer has acked nothing of what it was sent; never if all is acked
	ackBy     time.Duration // when we must ack what the peer sent; never if we have
}

// newPeer returns a peer to which nothing was sent.
func newPeer(id string, index int, pace time.Duration, incarnation int64) *peer {
	return &peer{id: id, index: index, pace: pace, state: asked, incarnation: incarnation, unackedAt: never, ackBy: never}
}

// receive records a message from the peer. toUs means that the peer knows our incarnation; length is that of our journal.
func (p *peer) receive(m message, toUs bool, length int, now time.Duration) {
	if m.Incarnation > p.incarnation {
		p.incarnation = m.Incarnation
		p.acked, p.sent = 0, 0 // the peer has lost its memory
	}
	p.joining, p.length = m.Joining, m.Length
	if p.state == suspected || p.state == asked && toUs {
		p.state = fetching
	}
	if have := min(m.Have, length); p.state != asked && have > p.acked { // what an asked peer has may be of another life of ours
		p.acked = have
		p.sent = max(p.sent, have)
		p.unackedAt = now
	}
	if p.acked == p.sent {
		p.unackedAt = never
	}
	if len(m.Mine.Items) > 0 {
		p.ackBy = now + ackDelay // an ack covers everything before, so of several messages only the last need be acked
	}
}

// send records a message to the peer.
func (p *peer) send(m message, now time.Duration) {
	p.sent = max(p.sent, m.Mine.end())
	p.sentAt = now
	p.ackBy = never
	if p.sent > p.acked && p.unackedAt == never {
		p.unackedAt = now
	}
}
