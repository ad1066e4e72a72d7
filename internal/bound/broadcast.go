// Package bound has what measurements are compared with: lower bounds, which no program can go below that keeps their
// premises, and what designs cost, among which a better one may be missing. The two are never mixed: what is called least is proven in its comment, and everything else
// is the cost of a design that is named. Package exact finds the true minimum of small cases, in steps of time, by which both are tested.
package bound

import "math"

// A Broadcast is a cluster in which values come to all nodes alike, at random and independently (a Poisson process), and are to be everywhere. A message
// takes a hop at least, and may carry any number of values. Times are in seconds.
type Broadcast struct {
	Nodes  float64
	Ops    float64 // a second, reads included
	Values float64 // a second
	Hop    float64
}

// Least returns a lower bound of the messages between nodes per operation, if every value is on all nodes within the latency. Nodes
// answer all requests at once and with success, from what they have; what they have they were told by clients or by messages in a node's name, as they can
// neither guess it nor take it from silence. Below two hops Mesh reaches it, so there it is the minimum. From there on it is the higher of two bounds,
// and the minimum may be higher still.
func (b Broadcast) Least(latency float64) float64 {
	if latency < b.Hop {
		return math.Inf(1)
	}
	if latency < 2*b.Hop {
		return b.leastPairs(latency)
	}
	return max(b.leastReceived(latency), b.leastBlocks(latency))
}

// All three speak of the window of a value: if it comes at time a, a message that brings it anywhere is sent between a and
// a + latency - hop. They assume nothing else of a program; it may even know when values will come, but not which.

func (b Broadcast) window(latency float64) float64 { return latency - b.Hop }

// leastPairs is for latencies below two hops. Nobody can pass anything on then, so each node must itself send to each
// other one in the window of each of its values. The fewest points that meet a row of windows of equal length are the ends of
// the first window, of the first that begins after that, and so on: one for each window and the pause until the next value.
func (b Broadcast) leastPairs(latency float64) float64 {
	return b.Nodes * (b.Nodes - 1) / (b.window(latency) + b.Nodes/b.Values) / b.Ops
}

// leastReceived counts at the receivers. Each node must be sent some message in the window of each value of the others, and a
// message has one receiver.
func (b Broadcast) leastReceived(latency float64) float64 {
	return b.Nodes / (b.window(latency) + b.Nodes/(b.Nodes-1)/b.Values) / b.Ops
}

// leastBlocks counts in blocks, one after the other. A block begins with the first value after the last block, and ends one window and some part
// later. If k nodes get values in the part, at least n+k-2 messages are sent in the block, all of them because of these values: take the
// node that is first to have values of all k. It has received, directly or by way of others, from k-1 other nodes at least, each
// of which has sent until then; so k-1 messages have been received. Each of the n-1 other nodes lacks something then, and must still receive a
// message. These are others than the first, as they are received later. Any part gives a bound.
func (b Broadcast) leastBlocks(latency float64) float64 {
	best := 0.0
	for part := 0.0; part < 100*b.Nodes/b.Values; part = part*1.05 + 1e-3/b.Values {
		// the first value makes k 1; each other node gets another in the part
		messages := (b.Nodes - 1) * (2 - math.Exp(-b.Values/b.Nodes*part))
		best = max(best, messages/(1/b.Values+b.window(latency)+part))
	}
	return best / b.Ops
}
