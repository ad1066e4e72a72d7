package main

import (
	"slices"

	"glomers/node"
)

// A replica decides when this node may enter the critical section. It has no clock but Lamport's: events come in, and
// the messages to send come back.
//
// It is the algorithm of Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System" (1978), pages 561
// to 562. The paper wants links that lose nothing and keep the order. Here links need neither, because a node has at
// most one request at a time: its time and that request are all that it has ever said, and each message says both. The
// newest message of a node stands in for all before it.
//
// # Why there is never more than one in
//
// A node enters with a request r when it has, from each other node, a message that is later than r and shows no
// request, or one after r. Suppose that i enters with r, and j with a later s. The message from i that let j in
// has a time after s, hence after r, so i sent it when r was its request, or later. It does not show r. So i had
// left before.
//
// # What a restart needs
//
// A node that is started again has forgotten its request, with which it may have entered. Three things make up for that. It
// says nothing until a lease has passed (see rules), so the client that was in is out. The others believe its newest life
// only, and it believes only what is said to that life. And before its first request it hears from everybody, so
// that the request is after all that were ever granted.
type replica struct {
	life  int64 // when this process began to speak; of two that have run as one node, the later has the higher
	index int64 // of this node among all
	nodes int64
	time  int64 // the time of our latest event
	own   int64 // our request: the time at which it was made; 0 if there is none
	peers []*peer

	properties
}

// Times are those of a Lamport clock, put into a total order: clock·nodes + index. So no two nodes have the same, and
// a comparison of integers is the ⇒ of the paper.

// A peer is what a replica knows of another node.
type peer struct {
	id      string
	life    int64 // the latest that has been heard of; 0 if none has
	time    int64 // of its newest message to us; 0 if there is none
	request int64 // its request then; 0 if there was none
}

// A state is the one message between nodes: everything that the receiver must know about the sender.
type state struct {
	From    int64 `json:"from"`              // the sender's life
	To      int64 `json:"to,omitempty"`      // the receiver's, if the sender has heard of it
	Time    int64 `json:"time"`              // of sending
	Request int64 `json:"request,omitempty"` // the sender's; 0 if it has none
	Ask     bool  `json:"ask,omitempty"`     // the sender wants a later message
}

// An envelope is a state on its way.
type envelope = node.Envelope[state]

// newReplica returns the replica of the node self among nodes, in the order that all of them agree on. life is a time of the wall clock
// in ms. The Lamport clock begins there, so that fences ascend even if all nodes are started again.
func newReplica(self string, nodes []string, life int64) *replica {
	r := &replica{life: life, index: int64(slices.Index(nodes, self)), nodes: int64(len(nodes))}
	r.time = life*r.nodes + r.index
	for _, id := range nodes {
		if id != self {
			r.peers = append(r.peers, &peer{id: id})
		}
	}
	return r
}

// joining reports whether some peer has not said anything to this life. Until then the replica must not ask.
func (r *replica) joining() bool {
	return slices.ContainsFunc(r.peers, func(p *peer) bool { return p.time == 0 })
}

// ask makes a new request, in place of the one that there may be.
func (r *replica) ask() []envelope {
	r.advance(0)
	r.own = r.time
	return r.tell(r.peers, true)
}

// release gives up the request.
func (r *replica) release() []envelope {
	r.advance(0)
	r.own = 0
	return r.tell(r.peers, false)
}

// receive takes a message from another node. A message from anybody else is ignored.
func (r *replica) receive(from string, s state) []envelope {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.id == from })
	if i < 0 {
		return nil
	}
	p := r.peers[i]
	if s.From < p.life {
		return nil
	}
	if s.From > p.life {
		*p = peer{id: p.id, life: s.From}
	}
	r.advance(s.Time)
	if s.To == r.life && s.Time > p.time {
		p.time, p.request = s.Time, s.Request
	}
	if !s.Ask {
		return nil
	}
	return r.tell([]*peer{p}, false)
}

// askAgain asks the peers that are in the way, of joining or of our request.
func (r *replica) askAgain() []envelope {
	var waiting []*peer
	for _, p := range r.peers {
		if p.time == 0 || r.own != 0 && r.waitsFor(p) {
			waiting = append(waiting, p)
		}
	}
	return r.tell(waiting, true)
}

// first reports whether our request is the first of all there are, so that this node may enter.
func (r *replica) first() bool {
	return r.own != 0 && !slices.ContainsFunc(r.peers, r.waitsFor)
}

// waitsFor reports whether p may be ahead of our request: it has not said anything later, or it has an earlier request.
func (r *replica) waitsFor(p *peer) bool {
	return p.time < r.own || p.request != 0 && p.request < r.own
}

// advance sets the time of a new event: after that of the last one, and after the time of a message received.
func (r *replica) advance(received int64) {
	clock := max(r.time, received)/r.nodes + 1
	r.time = clock*r.nodes + r.index
}

// tell returns our state for each of the peers.
func (r *replica) tell(peers []*peer, ask bool) []envelope {
	var out []envelope
	for _, p := range peers {
		out = append(out, envelope{Dest: p.id, Message: state{From: r.life, To: p.life, Time: r.time, Request: r.own, Ask: ask}})
	}
	return out
}
