package main

import (
	"maps"
	"time"

	"glomers/node"
)

// gossipEvery is the time between two ticks of a replica.
const gossipEvery = 200 * time.Millisecond

// A replica decides what a node says, and when: it is a node.Machine. Events come in, and the messages to send come back,
// so it is tested as a function.
//
// The totals are a G-Counter, a CRDT (Shapiro et al. 2011): each node increases only its own entry, and two copies are merged
// entry by entry, by the maximum. So messages may come late, twice, or in any order, and a lost one does no harm.
type replica struct {
	id     string
	others []string         // the ids of the other nodes
	totals map[string]int64 // what the clients of each node have added, by the id of the node
	tickAt time.Duration    // when the next tick is due
}

func newReplica(id string, others []string) *replica {
	return &replica{id: id, others: others, totals: make(map[string]int64)}
}

// A gossip is the one message between nodes.
type gossip struct {
	Totals map[string]int64 `json:"totals"`
}

type envelope = node.Envelope[gossip]

// add counts for a client of this node.
func (r *replica) add(delta int64) { r.totals[r.id] += delta }

// sum returns the value of the counter, as far as this node knows.
func (r *replica) sum() (sum int64) {
	for _, total := range r.totals {
		sum += total
	}
	return sum
}

// Receive takes a message from another node, and has no answer.
func (r *replica) Receive(_ string, g gossip, _ time.Duration) []envelope {
	for id, total := range g.Totals {
		r.totals[id] = max(r.totals[id], total)
	}
	return nil
}

// Tick tells the others all totals, every gossipEvery.
func (r *replica) Tick(now time.Duration) (out []envelope) {
	if now < r.tickAt {
		return nil
	}
	r.tickAt = now + gossipEvery
	for _, id := range r.others {
		out = append(out, envelope{Dest: id, Message: gossip{maps.Clone(r.totals)}})
	}
	return out
}

// Next returns when to call Tick.
func (r *replica) Next() time.Duration { return r.tickAt }
