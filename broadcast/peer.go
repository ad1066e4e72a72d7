package main

import (
	"fmt"
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
// Invariant: acked ⊆ sent ⊆ the replica's own set.
type peer struct {
	id        string
	neighbour bool // joined to us by an edge of the star or mesh

	acked  set           // what it has, as it said last
	sent   set           // what it has if none of our messages is lost
	sentAt time.Duration // when we last sent to it
	ackBy  time.Duration // when it must be told what we have, as it asked; never if it did not
}

// hear records a message from p. Only the latest message counts, as p may have been started anew, without its
// memory. If that message was overtaken by another, p is sent more than it needs. If p asks, it must be told what we have
// by the time ackBy.
func (p *peer) hear(g gossip, ackBy time.Duration) {
	p.acked = g.Have
	p.sent = p.sent.union(g.Have)
	if g.Ask {
		// A message carries everything, so of several only the last need be acknowledged.
		p.ackBy = ackBy
	}
}

// send records that p is sent everything that we have.
func (p *peer) send(have set, now time.Duration) {
	p.sent = have
	p.sentAt = now
	p.ackBy = never
}

// newsDue returns when to send have to p, given that what is new goes out at newsAt. What p was sent and has not
// acknowledged goes out again at retryAt. A message carries everything, so it stands in for all before it, and
// that time runs from the last.
func (p *peer) newsDue(have set, newsAt, retryAt time.Duration) time.Duration {
	due := never
	if !p.sent.containsAll(have) {
		due = newsAt
	}
	if !p.acked.containsAll(p.sent) {
		due = min(due, retryAt)
	}
	return due
}

func (p *peer) String() string { return fmt.Sprintf("%s: acked %v, sent %v", p.id, p.acked, p.sent) }
