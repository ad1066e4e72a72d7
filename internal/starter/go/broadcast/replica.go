package main

import (
	"slices"
	"time"

	"glomers/node"
)

// gossipEvery is the time between two ticks of a replica.
const gossipEvery = 200 * time.Millisecond

// A replica decides what a node says, and when: it is a node.Machine. Events come in, and the messages to send come back,
// so it is tested as a function.
//
// Each message carries the whole set. So whatever is lost, a later message has it, too.
type replica struct {
	neighbours []string      // the ids of the nodes that it sends to
	values     []int64       // ascending, each value once
	tickAt     time.Duration // when the next tick is due
}

// A gossip is the one message between nodes.
type gossip struct {
	Values []int64 `json:"values"` // everything that the sender has
}

type envelope = node.Envelope[gossip]

// add takes values from a client or another node. They go out with the next tick.
func (r *replica) add(values ...int64) {
	r.values = slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.values, values))))
}

// Receive takes a message from another node, and has no answer.
func (r *replica) Receive(_ string, g gossip, _ time.Duration) []envelope {
	r.add(g.Values...)
	return nil
}

// Tick tells the neighbours everything, every gossipEvery.
func (r *replica) Tick(now time.Duration) (out []envelope) {
	if now < r.tickAt {
		return nil
	}
	r.tickAt = now + gossipEvery
	for _, id := range r.neighbours {
		out = append(out, envelope{Dest: id, Message: gossip{r.values}})
	}
	return out
}

// Next returns when to call Tick.
func (r *replica) Next() time.Duration { return r.tickAt }
