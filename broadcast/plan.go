package main

import (
	"fmt"
	"time"
)

// defaultBudget passes all of the challenges 3a to 3e, with few messages.
const defaultBudget = 330 * time.Millisecond

// hop is how long a message between nodes takes in the challenges 3d and 3e. Plans are made for it. Where a hop takes
// another time, only latency and cost differ from the plan.
const hop = 100 * time.Millisecond

// slotted is the wait from which on slots cost less than leaves that send at once, with 25 nodes and 50 values
// a second. In a shorter slot a leaf seldom has two values to send together, but there are more rounds.
const slotted = 220 * time.Millisecond

// settle is how long the hub waits for the leaves that are late for a slot.
const settle = 20 * time.Millisecond

// A plan says how news spreads within a budget of latency: who talks to whom, and when. A plan trades messages for
// latency; no plan can lose anything.
type plan struct {
	mesh      bool // all nodes are neighbours; if not, the first is the hub of a star and the others are its leaves
	hub, leaf pace // in a mesh both are the same
}

// A pace is how long a node waits. It depends on the node's place: hub, leaf, or member of a mesh.
type pace struct {
	own   wait          // with news from a client, until it is passed on
	relay wait          // with news from another node
	rest  time.Duration // from one round of news to the next, at least

	// The receiver of news acknowledges it by the next message that it sends in return. If it has nothing to send within
	// ack, it sends an acknowledgement alone (the delayed acknowledgement of TCP, RFC 1122 §4.2.3.2). The sender sends
	// again what is not acknowledged within retry.
	ack, retry time.Duration
}

// A wait lasts until the next slot begins, if slot is not 0, and then for more. The slots are those of the wall clock: they begin at the
// multiples of their length.
type wait struct {
	slot time.Duration // the length of a slot
	more time.Duration
}

// newPlan returns the plan for a latency of at most budget, from one client's acknowledgement to all nodes' reads,
// while all is well.
func newPlan(budget time.Duration) plan {
	spare := budget - 2*hop // what a star can spend on waiting
	if spare <= 0 {
		// One hop to everybody. A wait begins with a node's first value. That costs less than fixed windows, which would
		// run while there is no value. The relay is for what the one hop did not bring, and may be late. All nodes
		// have something to say now and then, which acknowledges what they were sent.
		p := pace{own: wait{more: max(budget-hop, 0)}, relay: wait{more: 4 * time.Second}, ack: 4 * time.Second, retry: 5 * time.Second}
		return plan{mesh: true, hub: p, leaf: p}
	}
	// News goes from the leaves to the hub, and from there in rounds to all leaves.
	var hub, leaf pace
	var slot time.Duration
	if spare < slotted {
		hub.own, hub.relay = wait{more: spare}, wait{more: spare}
	} else {
		// The leaves gather news, too. All of them send at the beginning of a slot, so the hub only waits until their
		// messages are there. If wall clocks are off, the messages come one by one, and rest limits the number of rounds.
		slot = spare - settle
		leaf.own, leaf.relay = wait{slot: slot}, wait{slot: slot}
		hub.own, hub.relay, hub.rest = wait{slot: slot, more: hop + settle}, wait{more: settle}, slot/2
	}
	hub.ack, leaf.retry = 500*time.Millisecond, time.Second
	leaf.ack, hub.retry = slot+500*time.Millisecond, slot+1500*time.Millisecond
	return plan{hub: hub, leaf: leaf}
}

// validate returns an error unless the retry of each node is longer than two hops and its neighbours' ack: so long does an
// acknowledgement take if nothing is lost. With a shorter retry, nodes would send again what has arrived.
func (p plan) validate() error {
	hub, leaf := p.hub, p.leaf
	if hub.ack < 0 || leaf.ack < 0 || hub.retry <= 2*hop+leaf.ack || leaf.retry <= 2*hop+hub.ack {
		return fmt.Errorf("the hub has ack %v and retry %v, leaves have ack %v and retry %v: want each retry above the other's ack and %v",
			hub.ack, hub.retry, leaf.ack, leaf.retry, 2*hop)
	}
	return nil
}
