package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"glomers/node"
)

// gossipEvery is the time from one message of a node to the next.
const gossipEvery = 200 * time.Millisecond

// A replica decides what a node says, and when: it is a node.Machine. Events come in, and the messages to send come back,
// so it is tested as a function.
//
// Each message goes to a random node and carries the whole set. So whatever is lost, a later message has it, too.
type replica struct {
	others []string // the ids of the other nodes
	rng    *rand.Rand
	set    []int64       // ascending
	tickAt time.Duration // when the next message is due
}

// A gossip is the one message between nodes.
type gossip struct {
	Set []int64 `json:"set"` // everything that the sender has
}

type envelope = node.Envelope[gossip]

// newReplica returns the replica of a node that has just started.
func newReplica(others []string, rng *rand.Rand) *replica {
	return &replica{others: others, rng: rng, set: []int64{}}
}

// add takes a client's element.
func (r *replica) add(element int64, now time.Duration) []envelope {
	return r.Receive("", gossip{[]int64{element}}, now)
}

// Receive takes a message from another node.
func (r *replica) Receive(_ string, g gossip, _ time.Duration) []envelope {
	all := slices.Sorted(slices.Values(slices.Concat(r.set, g.Set)))
	r.set = slices.Compact(all)
	return nil
}

// Tick sends a message if one is due.
func (r *replica) Tick(now time.Duration) []envelope {
	if now < r.tickAt || len(r.others) == 0 {
		return nil
	}
	r.tickAt = now + gossipEvery
	return []envelope{{Dest: r.others[r.rng.IntN(len(r.others))], Message: gossip{r.set}}}
}

// Next returns when to call Tick.
func (r *replica) Next() time.Duration {
	if len(r.others) == 0 {
		return node.Never
	}
	return r.tickAt
}
