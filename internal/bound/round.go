package bound

import "math"

// A Log is a cluster with a replicated log, or anything else that is written to. Writes come to all nodes alike, at random and
// independently; each must be shown by all nodes within Stale. Times are in seconds.
type Log struct {
	Nodes  float64
	Ops    float64 // a second
	Writes float64 // a second
	Stale  float64

	// Copies is what a node must know before it shows a message: that so many nodes have it, 1 or 2. With 1, what is shown is
	// in order. With 2, it also is still there after the kill of any one node.
	Copies float64
}

// Round returns the least messages by which everything that k of the nodes have got is shown by all nodes. It is so whether or
// not all must show one order. More for the order's sake would be a mistake: a node can promise to write nothing below what another one
// shows without knowing it, by closing an epoch.
//
// With one copy it is n+k-2. Take the node that is the first to have everything from all k; until then, k-1 messages have been received
// at least, as each of the k other than this node has sent one. Each of the n-1 others lacks something then, and must still
// receive a message.
//
// With two copies it is n+k-1, if messages may be lost, so that only a message tells of another's arrival. If that first node is none of the k, k messages have been received until then. If it is one of them, it must learn that
// another node has its own news. Either it learns that by a message after it has everything, which is one more; or before, and then it
// has sent one, too, that has been received: k in all.
func (l Log) Round(k float64) float64 { return l.Nodes + k + l.Copies - 3 }

// Least returns a lower bound of the messages per operation: that of a broadcast without hops, or, if it is higher, one that counts in
// blocks as leastBlocks does: a block begins with the first write after the last block, and ends Stale and some part later.
// What comes in the part is shown everywhere by the end of the block, by messages that are sent and received in the block.
func (l Log) Least() float64 {
	best := Broadcast{Nodes: l.Nodes, Ops: l.Ops, Values: l.Writes}.Least(l.Stale) * l.Ops
	for part := 0.0; part < 100*l.Nodes/l.Writes; part = part*1.05 + 1e-3/l.Writes {
		sources := 1 + (l.Nodes-1)*(1-math.Exp(-l.Writes/l.Nodes*part)) // on average
		best = max(best, l.Round(sources)/(1/l.Writes+l.Stale+part))
	}
	return best / l.Ops
}
