package bound

import "math"

// Best returns the messages per operation of the cheapest design that we know. It leaves out acknowledgements and losses:
// acknowledgements cost nothing where nodes have news for each other all the time.
func (b Broadcast) Best(latency float64) float64 {
	return min(b.Mesh(latency), b.StarAtOnce(latency), b.StarSlots(latency), b.Ring(latency), b.Doubling(latency))
}

// Mesh takes one hop: each node sends to all others once its oldest unsent value has waited as long as the latency allows.
func (b Broadcast) Mesh(latency float64) float64 {
	wait := latency - b.Hop
	if wait < 0 {
		return math.Inf(1)
	}
	return b.Nodes * (b.Nodes - 1) / (wait + b.Nodes/b.Values) / b.Ops
}

// StarAtOnce takes two hops: leaves send each value to the hub at once. The hub sends to the leaves once its oldest value
// has waited as long as the latency allows; it skips a leaf that sent all of the values itself.
func (b Broadcast) StarAtOnce(latency float64) float64 {
	wait := latency - 2*b.Hop
	if wait < 0 {
		return math.Inf(1)
	}
	leaves, others := b.Nodes-1, (b.Nodes-1)/b.Nodes
	round := leaves - others*math.Exp(-b.Values*others*wait)
	return (b.Values*others + round/(wait+1/b.Values)) / b.Ops
}

// StarSlots takes two hops: leaves with news send at the end of a slot, all at the same time. The hub answers at once, and
// sends only to leaves that lack news of the slot.
func (b Broadcast) StarSlots(latency float64) float64 {
	slot := latency - 2*b.Hop
	if slot <= 0 {
		return math.Inf(1)
	}
	leaves := b.Nodes - 1
	return leaves * (b.some(slot) + b.some(slot*leaves)) / slot / b.Ops
}

// Ring has one token, which holds everything and travels from node to node in a circle, for ever. A value that has just
// missed the token waits for one round and travels with it in the next. Each message thus brings old news and takes new. If
// the token leaves the next node every s seconds, the last node has the value after n·s + (n-2)·s + a hop.
func (b Broadcast) Ring(latency float64) float64 {
	step := (latency - b.Hop) / (2*b.Nodes - 2)
	if step < b.Hop*(1-1e-9) {
		return math.Inf(1)
	}
	return 1 / step / b.Ops
}

// Doubling has all nodes send in steps, to the node 1, 2, 4, … places further on, and then from the beginning again
// (Hensgen, Finkel and Manber 1988 use this for barriers). Any k = ⌈log₂ n⌉ consecutive steps reach all nodes. A value
// therefore waits for a step, and k - 1 steps and a hop later it is everywhere.
func (b Broadcast) Doubling(latency float64) float64 {
	steps := math.Ceil(math.Log2(b.Nodes))
	step := (latency - b.Hop) / steps
	if step < b.Hop*(1-1e-9) {
		return math.Inf(1)
	}
	return b.Nodes / step / b.Ops
}

// some returns the share of nodes that get at least one value in the given number of seconds.
func (b Broadcast) some(seconds float64) float64 { return 1 - math.Exp(-b.Values/b.Nodes*seconds) }
