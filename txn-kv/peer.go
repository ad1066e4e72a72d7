package main

import (
	"time"

	"glomers/node"
)

// A message is the one kind of message between nodes.
type message struct {
	update
	Ask bool `json:"ask,omitempty"` // the sender wants to be told what the receiver has
}

const never = node.Never

// A peer is what a replica knows of another node. Times count from the replica's start.
type peer struct {
	id string

	// acked is what it had when it last spoke; nil before. That may be too little, if messages overtook each other, and
	// too much, if a message of an earlier life came late. Either way its next message puts it right.
	acked vector
	sent  int64 // our own writes up to this time were sent to it

	sentAt         time.Duration // when we last sent to it
	unsettledSince time.Duration // since when it is not known to have just what we have; never if it is
	silentSince    time.Duration // when it was first asked since it last spoke; never if it was not
	ackBy          time.Duration // when it must be told what we have; never if it need not be
}

// hear records a message from p. origin is that of our own writes.
func (p *peer) hear(m message, origin string, now time.Duration) {
	p.acked = m.Have
	p.sent = max(p.sent, m.Have[origin])
	p.silentSince = never
	if m.Ask {
		p.ackBy = min(p.ackBy, now+ackDelay)
	}
}

// observe records that we have the transactions of have.
func (p *peer) observe(have vector, now time.Duration) {
	switch {
	case p.acked.equal(have):
		p.unsettledSince = never
	case p.unsettledSince == never:
		p.unsettledSince = now
	}
}

// due returns when to send to p, given the time of our own latest write.
func (p *peer) due(own int64) time.Duration {
	at := min(p.ackBy, max(p.sentAt, p.unsettledSince)+retryAfter)
	if news := p.sentAt + pace; p.sent < own && !p.suspected(news) {
		at = min(at, news)
	}
	return min(at, never)
}

// suspected reports whether p has left a question unanswered for so long that it may be out of reach.
func (p *peer) suspected(now time.Duration) bool { return p.silentSince+retryAfter <= now }

// send records a message to p. If the message gets through, p has our own writes up to the time sent.
func (p *peer) send(m message, sent int64, now time.Duration) {
	p.sent = sent
	p.sentAt = now
	p.ackBy = never
	if m.Ask {
		p.silentSince = min(p.silentSince, now)
	}
}
