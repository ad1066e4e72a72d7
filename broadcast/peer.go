package main

import (
	"time"

	"glomers/node"
)

// A gossip is the one message between nodes.
type gossip struct {
	Have set  `json:"have"`          // everything that the sender has
	Ask  bool `json:"ask,omitempty"` // the sender wants to be told what the receiver has
}

const never = node.Never

// A peer is what a replica knows of another node. Times count from the replica's start.
//
// Invariant: confirmed ⊆ expected ⊆ the replica's own set.
type peer struct {
	id        string
	neighbour bool // joined to us by an edge of the star or mesh

	confirmed set           // what it has: it said so last
	expected  set           // what it has if none of our messages is lost
	sentAt    time.Duration // when we last sent to it
	ackBy     time.Duration // when it must be told what we have, as it asked; never if it did not
}

// hear takes note of a message from p. What it said earlier counts no more: it may have been started anew, without
// its memory. If the message has only been overtaken, p is sent more than it needs. If it asks, it must be told what we have
// by the time ackBy.
func (p *peer) hear(g gossip, ackBy time.Duration) {
	p.confirmed = g.Have
	p.expected = p.expected.union(g.Have)
	if g.Ask {
		// A message carries everything, so of several only the last need be confirmed.
		p.ackBy = ackBy
	}
}

// send takes note that p is sent everything that we have.
func (p *peer) send(have set, now time.Duration) {
	p.expected = have
	p.sentAt = now
	p.ackBy = never
}

// expects tells whether p has everything in have, or will when our last message reaches it.
func (p *peer) expects(have set) bool { return p.expected.containsAll(have) }

// confirms tells whether p is known to have everything in have.
func (p *peer) confirms(have set) bool { return p.confirmed.containsAll(have) }

// newsDue returns when to send have to p, given that what is new goes out at
// newsAt. What was sent and is not confirmed goes out again at retryAt.
// A message carries everything, so it stands in for all before it, and
// the time runs from the last.
func (p *peer) newsDue(have set, newsAt, retryAt time.Duration) time.Duration {
	due := never
	if !p.expects(have) {
		due = newsAt
	}
	if !p.confirms(p.expected) {
		due = min(due, retryAt)
	}
	return due
}
