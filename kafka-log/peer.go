package main

import (
	"time"

	"glomers/node"
)

// A message is the one kind of message between nodes.
type message struct {
	// Incarnation is the sender's: the time at which it was started, so it tells a node that has lost its
	// memory from what it was before. Of is the receiver's, as far as the sender knows; 0 if it does not.
	Incarnation int64 `json:"incarnation"`
	Of          int64 `json:"of"`

	Joining bool `json:"joining,omitempty"` // the sender does not know its own journal yet
	Length  int  `json:"length"`            // of the sender's journal
	Have    int  `json:"have"`              // how much of the receiver's journal the sender has

	// Ask is how many of the following messages are to be sent at once: the first of them
	// answers this one, the second the first.
	Ask int `json:"ask,omitempty"`

	Mine  run `json:"mine"`           // of the sender's journal, after what the receiver is known to have
	Yours run `json:"yours,omitzero"` // of the receiver's journal, if that is joining
}

// valid tells whether m can come from a node.
func (m message) valid() bool {
	return m.Length >= 0 && m.Have >= 0 && m.Mine.valid() && m.Yours.valid()
}

const never = node.Never

// A peer is what a replica knows of another node. Times count from the replica's start.
//
// Invariant: acked ≤ sent ≤ the length of our journal.
type peer struct {
	id    string
	index int           // among the nodes
	pace  time.Duration // from a message to the next news

	incarnation int64 // the latest that we have heard of; 0 before the first message
	joining     bool  // it does not know its own journal
	length      int   // of its journal, as it said last
	greeted     bool  // it has said how much of our journal it has, knowing our incarnation
	answered    bool  // and we have got all that it had then

	settled   int           // how much of our journal it had when it had written nothing that we lack
	acked     int           // how much of our journal it has said it has
	sent      int           // how much it has if none of our messages is lost
	suspected bool          // it does not confirm what it is sent: it is only asked whether it is there
	sentAt    time.Duration // when we last sent to it
	waitingAt time.Duration // since when it has confirmed nothing of what it was sent; never if nothing is unconfirmed
	ackBy     time.Duration // when it must be told what we have; never if it need not be
}

// newPeer returns a peer that nothing was sent to.
func newPeer(id string, index int, pace time.Duration) *peer {
	return &peer{id: id, index: index, pace: pace, waitingAt: never, ackBy: never}
}

// hear takes note of a message from p. length is that of our journal.
func (p *peer) hear(m message, length int, now time.Duration) {
	if m.Incarnation > p.incarnation {
		p.incarnation = m.Incarnation
		p.acked, p.sent = 0, 0 // it has lost its memory
	}
	p.joining, p.length = m.Joining, m.Length
	p.suspected = false
	if have := min(m.Have, length); p.greeted && have > p.acked { // otherwise it may be of another past
		p.acked = have
		p.sent = max(p.sent, have)
		p.waitingAt = now
	}
	if p.acked == p.sent {
		p.waitingAt = never
	}
	if len(m.Mine.Items) > 0 {
		// A confirmation covers everything before, so of several messages only the last need be confirmed.
		p.ackBy = now + ackDelay
	}
}

// send takes note of a message to p.
func (p *peer) send(m message, now time.Duration) {
	p.sent = max(p.sent, m.Mine.end())
	p.sentAt = now
	p.ackBy = never
	if p.sent > p.acked && p.waitingAt == never {
		p.waitingAt = now
	}
}

// suspect takes note that p has confirmed nothing for long. What it was sent may be lost.
func (p *peer) suspect() {
	p.suspected = true
	p.sent = p.acked
	p.waitingAt = never
}
