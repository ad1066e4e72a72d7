// Package bound has the figures that measurements are compared with: lower bounds, which no program can beat under the
// stated premises, and the costs of known designs, among which the best possible design may be missing. The two are never
// mixed: every bound called "least" is proven in its comment, and every other figure is the cost of a named design. Package
// exact finds the true minimum of small cases in discrete time; the tests check both kinds of figures against it.
package bound

import "math"

// A Broadcast is a cluster in which values come to all nodes alike, at random and independently (a Poisson process), and
// must reach all nodes. A message takes at least a hop and may carry any number of values. Times are in seconds.
type Broadcast struct {
	Nodes  float64
	Ops    float64 // a second, reads included
	Values float64 // a second
	Hop    float64
}

// Least returns a lower bound of the messages between nodes per operation, if every value reaches all nodes within the
// latency. Premises: nodes answer every request at once, successfully, and from their own state. That state comes only from
// clients and from messages sent in the name of a node; nodes can neither guess a value nor infer one from silence. Below
// two hops, Mesh reaches the bound, so there the bound is the minimum. From two hops on, Least is the higher of two bounds,
// and the true minimum may be higher still.
func (b Broadcast) Least(latency float64) float64 {
	if latency < b.Hop {
		return math.Inf(1)
	}
	if latency < 2*b.Hop {
		return b.leastPairs(latency)
	}
	return max(b.leastReceived(latency), b.leastBlocks(latency))
}

// All three bounds use the window of a value: if the value comes at time a, any message that first brings it to a node is
// sent between a and a + latency - hop. They assume nothing else about a program; it may even know when values will come,
// but not which values.

func (b Broadcast) window(latency float64) float64 { return latency - b.Hop }

// leastPairs is for latencies below two hops. No node can pass a value on in that time, so each node must itself send to
// each other node in the window of each of its own values. The fewest points that hit a row of windows of equal length are
// the end of the first window, the end of the first window that begins after that point, and so on. That is one message per
// period of a window and the pause until the next value.
func (b Broadcast) leastPairs(latency float64) float64 {
	return b.Nodes * (b.Nodes - 1) / (b.window(latency) + b.Nodes/b.Values) / b.Ops
}

// leastReceived counts messages at the receivers. Each node must be sent a message in the window of each value of the other
// nodes, and a message has only one receiver.
func (b Broadcast) leastReceived(latency float64) float64 {
	return b.Nodes / (b.window(latency) + b.Nodes/(b.Nodes-1)/b.Values) / b.Ops
}

// leastBlocks counts messages in consecutive blocks of time. A block begins with the first value after the previous block,
// and lasts for some time called the part, plus one window. If k nodes get values during the part, at least n+k-2 messages
// are sent in the block because of these values. Proof: take the node that is first to have the values of all k nodes. It
// has them, directly or through other nodes, from at least k-1 other nodes, and each of these has sent a message by then; so
// k-1 messages have been received. At that moment, each of the n-1 other nodes still lacks a value and must receive another
// message. These n-1 messages are not among the first k-1, because they are received later. The bound holds for any length
// of the part.
func (b Broadcast) leastBlocks(latency float64) float64 {
	best := 0.0
	for part := 0.0; part < 100*b.Nodes/b.Values; part = part*1.05 + 1e-3/b.Values {
		// the first value makes k at least 1; each other node may get a value in the part
		messages := (b.Nodes - 1) * (2 - math.Exp(-b.Values/b.Nodes*part))
		best = max(best, messages/(1/b.Values+b.window(latency)+part))
	}
	return best / b.Ops
}
