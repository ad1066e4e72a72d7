package main

import (
	"math/rand/v2"
	"time"
)

// The delays trade messages for latency. No value of theirs can lose anything.
const (
	// roundDelay is how long the hub gathers news before a round. It bounds the latency, two hops and
	// a round, and the cost, a message to each leaf per round.
	roundDelay = 120 * time.Millisecond
	// retryAfter is how long a node waits for what it sent to be confirmed. It covers ackDelay and
	// two hops of up to 250 ms; if hops are slower, nodes only send more than they must.
	retryAfter = time.Second
	// ackDelay is how long a confirmation waits for a message that is sent anyway (the
	// delayed acknowledgement of TCP, RFC 1122 §4.2.3.2).
	ackDelay = 500 * time.Millisecond
	// exchangeEvery is how often a leaf that knows of no trouble talks to a random other.
	exchangeEvery = 5 * time.Second
)

// A replica decides what a node sends, and when. It does no I/O and has no clock: every
// event brings the time, counted from the replica's start, and returns what to send.
//
// The state is a set that only grows, and merging is union: a state-based
// CRDT, the G-Set (Shapiro et al. 2011). Duplicates and reordering do no harm, and
// a lost message is made up for by any later one.
//
// Nodes form a star. Its hub is the first node. A leaf sends news to the hub
// at once, the hub to the leaves in rounds. Because a cut may part a node from the hub,
// leaves also send their set to random leaves, and are told what they lack
// (push-pull anti-entropy, Demers et al. 1987): seldom as a rule, but
// often while the hub does not confirm what they have.
//
// A node that has just started may have been there before, and lost its memory. As long as it has heard from nobody, it
// asks a random other node.
//
// # Why every value reaches every node
//
// Let v be a value, and let S be the nodes that have it, which never lose it. Suppose that the links
// which deliver something again and again, be they one-way, lead from S to the other nodes. Then
// one of them leads from some node u in S to some w outside.
//
//  1. If u or w is the hub, they are neighbours. w does not have v, hence never confirmed it, hence
//     newsDue is never never: u sends at once or in the next round, and then every retryAfter, for ever.
//  2. If both are leaves, u sends to a random leaf at least every exchangeEvery, for
//     ever, so with probability 1 it chooses w again and again.
//
// Every message carries all of u's set, so w gets v, and S grows until it is everyone.
//
// # Why there are no storms
//
// A leaf sends the hub a message for each message with news, and else at most one each retryAfter and
// ackDelay. The hub sends a leaf at most one message in each of those and in each round. A leaf sends one
// exchange each retryAfter at most, and an exchange is answered at most once, as an answer does not ask.
type replica struct {
	have       set
	peers      map[string]*peer
	neighbours []*peer // of the hub all nodes, of a leaf the hub
	leaves     []*peer // of a leaf the other leaves, of the hub none
	others     []*peer // both of these
	heard      bool    // another node has sent a message
	gather     time.Duration
	rng        *rand.Rand

	newsAt      time.Duration // when neighbours are sent what is new to them; never if nothing is
	behindSince time.Duration // since when nobody was heard, or some neighbour has not confirmed everything; never if all is well
	exchangedAt time.Duration // when a random leaf was last chosen
}

// newReplica returns a replica that is alone.
func newReplica() *replica {
	return &replica{have: set{}, newsAt: never, behindSince: never}
}

// join makes the replica the node self among nodes, in the order that all of them
// agree on. It is called once. The replica keeps rng, and draws from it in the calls of its methods.
func (r *replica) join(self string, nodes []string, rng *rand.Rand, now time.Duration) []message {
	r.peers = make(map[string]*peer, len(nodes))
	for _, id := range nodes {
		if id == self {
			continue
		}
		p := &peer{id: id, neighbour: id == nodes[0] || self == nodes[0], ackBy: never}
		r.peers[id] = p
		if p.neighbour {
			r.neighbours = append(r.neighbours, p)
		} else {
			r.leaves = append(r.leaves, p)
		}
		r.others = append(r.others, p)
	}
	if len(r.neighbours) > 1 { // only a hub has several
		r.gather = roundDelay
	}
	// The first exchanges of the leaves are spread over the whole interval.
	r.rng = rng
	r.exchangedAt = now - time.Duration(rng.Int64N(int64(exchangeEvery)))
	return r.tick(now)
}

// A message is a gossip to be sent to the node dest.
type message struct {
	dest string
	gossip
}

// broadcast adds a client's value.
func (r *replica) broadcast(v int64, now time.Duration) []message {
	r.have = r.have.union(set{{v, v}})
	return r.tick(now)
}

// receive merges a message from another node. One from anybody else is ignored.
func (r *replica) receive(from string, g gossip, now time.Duration) []message {
	p := r.peers[from]
	if p == nil {
		return nil
	}
	r.heard = true
	r.have = r.have.union(g.Have)
	p.hear(g, now)
	out := r.tick(now)
	if !p.neighbour && g.Ask && p.newsDue(r.have, now) <= now {
		out = append(out, r.tell(p, false, now))
	}
	return out
}

// tick does what is due. It is called at the time that next returned; earlier or
// more often does no harm.
func (r *replica) tick(now time.Duration) []message {
	r.observe(now)
	var out []message
	for _, p := range r.neighbours {
		if r.due(p) <= now {
			out = append(out, r.tell(p, !p.confirms(r.have), now))
		}
	}
	if r.newsAt <= now {
		r.newsAt = never
	}
	if r.exchangeDue() <= now {
		r.exchangedAt = now
		partners := r.partners()
		out = append(out, r.tell(partners[r.rng.IntN(len(partners))], true, now))
	}
	return out
}

// next returns when tick is to be called: never if nothing is planned.
func (r *replica) next() time.Duration {
	at := min(r.newsAt, r.exchangeDue())
	for _, p := range r.neighbours {
		at = min(at, r.due(p))
	}
	return at
}

// observe plans a round if a neighbour lacks something, and keeps behindSince.
func (r *replica) observe(now time.Duration) {
	news, behind := false, !r.heard
	for _, p := range r.neighbours {
		news = news || !p.expects(r.have)
		behind = behind || !p.confirms(r.have)
	}
	if news {
		r.newsAt = min(r.newsAt, now+r.gather)
	}
	switch {
	case !behind:
		r.behindSince = never
	case r.behindSince == never:
		r.behindSince = now
	}
}

// due returns when the neighbour p must be told what we have.
func (r *replica) due(p *peer) time.Duration {
	return min(p.newsDue(r.have, r.newsAt), p.ackBy)
}

// partners returns those of whom an exchange chooses one.
func (r *replica) partners() []*peer {
	if r.heard {
		return r.leaves
	}
	return r.others
}

// exchangeDue returns when to choose a partner: soon, if nobody has been heard, or the hub has been missing something,
// for so long that it may be cut off.
func (r *replica) exchangeDue() time.Duration {
	if len(r.partners()) == 0 {
		return never
	}
	return min(r.exchangedAt+exchangeEvery, max(r.exchangedAt, r.behindSince)+retryAfter)
}

// tell returns a message to p with everything that we have.
func (r *replica) tell(p *peer, ask bool, now time.Duration) message {
	p.send(r.have, now)
	return message{p.id, gossip{r.have, ask}}
}
