package bound

import "math"

// Best returns the messages per operation of the best of the designs that we know. Confirmations of what has arrived are left out, as
// are losses: they are nothing where nodes have news for each other all the time.
func (b Broadcast) Best(latency float64) float64 {
	return min(b.Mesh(latency), b.StarAtOnce(latency), b.StarSlots(latency), b.Ring(latency), b.Doubling(latency))
}

// Mesh has one hop: each node sends to all others when its first value has waited as long as the latency allows.
func (b Broadcast) Mesh(latency float64) float64 {
	wait := latency - b.Hop
	if wait < 0 {
		return math.Inf(1)
	}
	return b.Nodes * (b.Nodes - 1) / (wait + b.Nodes/b.Values) / b.Ops
}

// StarAtOnce has two hops: leaves send each value to the hub at once. The hub sends to all leaves when the first one has
// waited as long as the latency allows, but to a leaf that sent all of them nothing.
func (b Broadcast) StarAtOnce(latency float64) float64 {
	wait := latency - 2*b.Hop
	if wait < 0 {
		return math.Inf(1)
	}
	leaves, others := b.Nodes-1, (b.Nodes-1)/b.Nodes
	round := leaves - others*math.Exp(-b.Values*others*wait)
	return (b.Values*others + round/(wait+1/b.Values)) / b.Ops
}

// StarSlots has two hops: leaves with news send at the end of a slot, all at the same time. The hub answers at once, each leaf
// to which others of the slot have something to say.
func (b Broadcast) StarSlots(latency float64) float64 {
	slot := latency - 2*b.Hop
	if slot <= 0 {
		return math.Inf(1)
	}
	leaves := b.Nodes - 1
	return leaves * (b.some(slot) + b.some(slot*leaves)) / slot / b.Ops
}

// Ring has one token, with everything, that goes from node to node in a circle, for ever. A value that just missed it waits for one round
// and goes with it in the next: so each message brings old news and takes new. If the token leaves the next node every s seconds,
// the last node has the value after n·s + (n-2)·s + a hop.
func (b Broadcast) Ring(latency float64) float64 {
	step := (latency - b.Hop) / (2*b.Nodes - 2)
	if step < b.Hop*(1-1e-9) {
		return math.Inf(1)
	}
	return 1 / step / b.Ops
}

// Doubling has all nodes send in steps, to the node 1, 2, 4, … places further on, and from the beginning again when that has gone round (Hensgen, Finkel and Manber
// 1988 have it for barriers). Any k = ⌈log₂ n⌉ steps in a row reach everybody, so a value waits for a step, and k - 1 steps and a hop later
// it is everywhere.
func (b Broadcast) Doubling(latency float64) float64 {
	steps := math.Ceil(math.Log2(b.Nodes))
	step := (latency - b.Hop) / steps
	if step < b.Hop*(1-1e-9) {
		return math.Inf(1)
	}
	return b.Nodes / step / b.Ops
}

// some returns the share of nodes that get at least one value in so many seconds.
func (b Broadcast) some(seconds float64) float64 { return 1 - math.Exp(-b.Values/b.Nodes*seconds) }
