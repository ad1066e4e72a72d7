package main

import "time"

// defaultBudget passes the challenges 3a to 3e, all of them, with few messages.
const defaultBudget = 330 * time.Millisecond

// hop is how long a message between nodes takes in the challenges 3d and 3e. Plans are made for it; where hops take
// another time, the latency and the cost are others, and nothing else.
const hop = 100 * time.Millisecond

// slotted is the wait from which on slots cost less than leaves that send at once, if there are 25 nodes and 50 values
// a second: below, a slot seldom has two values of a leaf, but there are more rounds.
const slotted = 220 * time.Millisecond

// settle is how long the hub waits for the leaves that are late for a slot.
const settle = 20 * time.Millisecond

// A plan is how to spread news within a budget of latency: who talks to whom, and when. All of it trades messages for
// latency; no choice can lose anything.
type plan struct {
	mesh      bool // all nodes are neighbours; if not, the first is the hub of a star and the others are its leaves
	hub, leaf pace // in a mesh both are the same
}

// A pace is how long a node waits, which depends on its place.
type pace struct {
	own   wait          // with news from a client, until it is passed on
	relay wait          // with news from another node
	rest  time.Duration // from one round of news to the next, at least

	// What was sent is confirmed by the next message in return. If there is none, it is confirmed after ack (the
	// delayed acknowledgement of TCP, RFC 1122 §4.2.3.2), or else sent again after retry. So the retry of each node is
	// longer than two hops and the ack of its neighbours.
	ack, retry time.Duration
}

// A wait is until the next slot begins, if slots have a length, and then some more. Slots are those of the wall clock: the
// times that are multiples of the length.
type wait struct{ slot, more time.Duration }

// newPlan returns the plan for a latency of at most budget, from one client's acknowledgement to all nodes' reads,
// while all is well.
func newPlan(budget time.Duration) plan {
	spare := budget - 2*hop // what a star can spend on waiting
	if spare <= 0 {
		// One hop to everybody. A wait begins with a node's first value, which costs less than fixed windows: the pause until a value comes
		// is no part of it. Only what did not come that way is relayed, and late.
		// All have something to say now and then, which confirms what they were sent.
		p := pace{own: wait{more: max(budget-hop, 0)}, relay: wait{more: 4 * time.Second}, ack: 4 * time.Second, retry: 5 * time.Second}
		return plan{mesh: true, hub: p, leaf: p}
	}
	// News goes from the leaves to the hub, and from there in rounds to all leaves.
	var hub, leaf pace
	var slot time.Duration
	if spare < slotted {
		hub.own, hub.relay = wait{more: spare}, wait{more: spare}
	} else {
		// The leaves gather news, too, and send at the same time, so that the hub needs to wait no longer. If wall
		// clocks are off, they do not, and rest keeps the rounds from becoming many.
		slot = spare - settle
		leaf.own, leaf.relay = wait{slot: slot}, wait{slot: slot}
		hub.own, hub.relay, hub.rest = wait{slot, hop + settle}, wait{more: settle}, slot/2
	}
	hub.ack, leaf.retry = 500*time.Millisecond, time.Second
	leaf.ack, hub.retry = slot+500*time.Millisecond, slot+1500*time.Millisecond
	return plan{hub: hub, leaf: leaf}
}

// of returns the pace of a node.
func (p plan) of(hub bool) pace {
	if hub {
		return p.hub
	}
	return p.leaf
}
