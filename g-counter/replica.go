package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"glomers/node"
)

// gossipEvery is the time between two ticks of a replica. It bounds how old a read may be while all is
// well, and how long after a heal it takes until all is well; and it sets the cost: of n nodes that are all
// busy, n(n-1) messages per tick.
const gossipEvery = 700 * time.Millisecond

// A replica decides what a node tells the others, and when: it is a node.Machine.
//
// # Why every total reaches every node
//
// A message carries everything that its sender has. At every tick, a replica u sends to each peer w
// unless the last message from w covers all that u has. So as long as w lacks something of u's, u goes on
// sending, and the first message that gets through ends it. That one rule is the news, the
// retransmission and the relaying of others' totals.
//
// u is never wrong in thinking that w lacks nothing. What w has acknowledged, w has until it is killed.
// The next life of w begins with a total of its own, 0, and asks u again and again until a message of
// u's covers that total. Then u knows of that life, and no message of an earlier life, however late it
// comes, covers all that u has.
//
// # Why there are no storms
//
// A tick sends at most one message to each peer, and a message is answered at most once: answers do not ask.
type replica struct {
	writer string  // whose total we add to; see writerOf
	totals counter // of all writers that we know of, ours among them
	peers  []*peer
	tickAt time.Duration // when the next tick is due; 0 while the node is joining
	saved  counter       // what the records come to that are on the disk, or on their way; nil without a disk

	properties
}

// A peer is what a replica knows of another node.
type peer struct {
	id    string
	acked counter // what it said last that it has; nil before it has said anything
	sent  counter // what we sent to it last; nil before the first message
}

// A gossip is the one message between nodes.
type gossip struct {
	Totals counter `json:"totals"`        // everything that the sender has
	Ask    bool    `json:"ask,omitempty"` // the sender wants to be told what the receiver has
}

// An envelope is a gossip on its way.
type envelope = node.Envelope[gossip]

// newReplica returns the replica of the node self among nodes, which began its life at start. Its first tick is due at once.
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

// writerOf names a life of a node: from its start until it is killed. A node that is started again does not know for
// sure how far its total had got. So it counts from 0 under a name of its own, and the totals of its earlier lives never
// change again.
//
// Two lives of a node must not start within the same nanosecond, by its clock.
func writerOf(node string, start time.Time) string {
	return fmt.Sprintf("%s@%d", node, start.UnixNano())
}

// add counts a client's delta. If it returns an error, the delta was not counted.
func (r *replica) add(delta int64) error {
	switch {
	case delta < 0:
		return errors.New("g-counter: the delta is negative, and this counter only grows")
	case r.own() > math.MaxInt64-delta:
		return fmt.Errorf("g-counter: %d more than %d is beyond 64 bits", delta, r.own())
	}
	r.totals[r.writer] += delta
	return nil
}

// own returns the sum of all that was added here, in this life.
func (r *replica) own() int64 { return r.totals[r.writer] }

// Receive merges a message from another node. A message from anybody else is ignored.
func (r *replica) Receive(from string, g gossip, _ time.Duration) []envelope {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.id == from })
	if i < 0 {
		return nil
	}
	p := r.peers[i]
	r.ours.Check(g.Totals[r.writer] <= r.own(), slog.String("from", from), slog.Int64("theirs", g.Totals[r.writer]), slog.Int64("ours", r.own()))
	if r.relayed.Watched() {
		r.relayed.Check(r.learnsOfThird(p.id, g.Totals))
	}
	r.totals.merge(g.Totals)
	p.acked = g.Totals
	if !g.Ask {
		return nil
	}
	return []envelope{r.tell(p, false)}
}

// learnsOfThird reports whether a peer's totals bring news of a node that is another one.
func (r *replica) learnsOfThird(peer string, totals counter) bool {
	for writer, total := range totals {
		if total > r.totals[writer] && !strings.HasPrefix(writer, peer+"@") {
			return true
		}
	}
	return false
}

// Tick tells the peers what they lack, every gossipEvery. It asks those that were sent the same before and have not
// acknowledged it. The first tick, by which a node joins, asks all peers.
func (r *replica) Tick(now time.Duration) []envelope {
	if now < r.tickAt {
		return nil
	}
	joining := r.tickAt == 0
	r.tickAt = now + gossipEvery
	var out []envelope
	for _, p := range r.peers {
		if !p.acked.covers(r.totals) {
			out = append(out, r.tell(p, joining || p.sent.covers(r.totals)))
		}
	}
	return out
}

// Next returns the time of the next Tick.
func (r *replica) Next() time.Duration { return r.tickAt }

// tell returns a message to p with everything that we have.
func (r *replica) tell(p *peer, ask bool) envelope {
	p.sent = r.totals.clone()
	return envelope{Dest: p.id, Message: gossip{p.sent, ask}}
}

// String returns a line for each peer: the values of the counters that it has acked and was sent.
func (r *replica) String() (lines string) {
	for _, p := range r.peers {
		lines += fmt.Sprintf("%s: acked %v, sent %v\n", p.id, p.acked.value(), p.sent.value())
	}
	return lines
}
