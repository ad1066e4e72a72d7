package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// gossipEvery is the time between two ticks of a replica. It bounds how old a read may be while all is
// well, and how long after a heal it takes until all is well; and it sets the cost: of n nodes that are all
// busy, n(n-1) messages per tick.
const gossipEvery = 700 * time.Millisecond

// A replica decides what a node tells the others. It does no I/O and has no clock: events come in, and
// the messages to send come back.
//
// # Why every total reaches every node
//
// A message carries everything that its sender has. At every tick, a replica u sends to each peer w
// unless the last message from w covers all that u has. So as long as w lacks something of u's, u goes on
// sending, and the first message that gets through ends it. That one rule is the news, the
// retransmission and the relaying of others' totals.
//
// u is never wrong in thinking that w lacks nothing. What w said that it has, it has, until it is killed.
// Its next life begins with a total of its own, 0, and asks u again and again until a message of
// u's covers that. Then u knows of that life, and no message of an earlier one, however late it
// comes, covers all that u has.
//
// # Why there are no storms
//
// A tick sends at most one message to each peer, and a message is answered at most once: answers do not ask.
type replica struct {
	writer string  // whose total we add to; see writerOf
	totals counter // of all writers that we know of, ours among them
	peers  []*peer
}

// A peer is what a replica knows of another node.
type peer struct {
	id   string
	has  counter // what it said that it has; nil before it has said anything
	sent counter // what we sent to it last; nil before the first time
}

// A gossip is the one message between nodes.
type gossip struct {
	Totals counter `json:"totals"`        // everything that the sender has
	Ask    bool    `json:"ask,omitempty"` // the sender wants to be told what the receiver has
}

// A message is a gossip to be sent to the node dest.
type message struct {
	dest string
	gossip
}

// newReplica returns the replica of the node self among nodes, which began its life at start.
func newReplica(self string, nodes []string, start time.Time) *replica {
	r := &replica{writer: writerOf(self, start)}
	// Having a total of 0 is not the same as having none: it makes a new life known.
	r.totals = counter{r.writer: 0}
	for _, id := range nodes {
		if id != self {
			r.peers = append(r.peers, &peer{id: id})
		}
	}
	return r
}

// writerOf names a life of a node: from its start until it is killed. A node that
// is started again does not know for sure how far its total had got, so it
// counts from 0 under a name of its own. The totals of its earlier lives never change again.
//
// Two lives of a node must not start within the same nanosecond, by its clock.
func writerOf(node string, start time.Time) string {
	return fmt.Sprintf("%s@%d", node, start.UnixNano())
}

// hello returns the messages that begin a life: they ask all others for what they have.
func (r *replica) hello() []message {
	var out []message
	for _, p := range r.peers {
		out = append(out, r.tell(p, true))
	}
	return out
}

// add counts a client's delta, which is not negative. An error says that it was not counted.
func (r *replica) add(delta int64) error {
	if r.own() > math.MaxInt64-delta {
		return fmt.Errorf("g-counter: %d more than %d is beyond 64 bits", delta, r.own())
	}
	r.totals[r.writer] += delta
	return nil
}

// own returns the sum of all that was added here, in this life.
func (r *replica) own() int64 { return r.totals[r.writer] }

// receive merges a message from another node. One from anybody else is ignored.
func (r *replica) receive(from string, g gossip) []message {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.id == from })
	if i < 0 {
		return nil
	}
	r.totals.merge(g.Totals)
	p := r.peers[i]
	p.has = g.Totals
	if !g.Ask {
		return nil
	}
	return []message{r.tell(p, false)}
}

// tick is called every gossipEvery. It tells peers what they lack, and asks those that were told
// the same before and have not said that they have it.
func (r *replica) tick() []message {
	var out []message
	for _, p := range r.peers {
		if !p.has.covers(r.totals) {
			out = append(out, r.tell(p, p.sent.covers(r.totals)))
		}
	}
	return out
}

// tell returns a message to p with everything that we have.
func (r *replica) tell(p *peer, ask bool) message {
	p.sent = r.totals.clone()
	return message{p.id, gossip{p.sent, ask}}
}
