package bound

import "math"

// A Log is a cluster with a replicated log, or with any other data that is written to. Writes come to all nodes alike, at
// random and independently; all nodes must show each write within Stale. Times are in seconds.
type Log struct {
	Nodes  float64
	Ops    float64 // a second
	Writes float64 // a second
	Stale  float64

	// Copies is the number of nodes, 1 or 2, that a node must know to have a message before it shows the message. With 1,
	// messages are shown in order. With 2, a message that was shown also survives the kill of any one node.
	Copies float64
}

// Round returns the least number of messages after which all nodes show everything that k of the nodes have got. The number
// does not depend on whether all nodes must show the same order. It would be wrong to count more messages for the order: by
// closing an epoch, a node can promise to write nothing below the position that another node shows, without knowing the
// position.
//
// With one copy, the number is n+k-2. Take the node that is first to have everything from all k. By then, at least k-1
// messages have been received, as each of the k nodes except this one has sent one. Each of the n-1 other nodes still lacks
// something and must receive another message.
//
// With two copies, the number is n+k-1 if messages may be lost, so that only a message can tell of another's arrival. If
// that first node is not one of the k, k messages have been received by then. If it is one of the k, it must learn that
// another node has its own news. Either it learns this from a message after it has everything, which is one message more. Or
// it has learned it before; then a message of its own has been received, too, which makes k in all.
func (l Log) Round(k float64) float64 { return l.Nodes + k + l.Copies - 3 }

// Least returns a lower bound of the messages per operation. It is the bound of a broadcast without hops or, if that is
// higher, a bound that counts in blocks as leastBlocks does. A block begins with the first write after the previous block,
// and lasts for a part and Stale. All nodes show the writes of the part by the end of the block, through messages that are
// sent and received in the block.
func (l Log) Least() float64 {
	best := Broadcast{Nodes: l.Nodes, Ops: l.Ops, Values: l.Writes}.Least(l.Stale) * l.Ops
	for part := 0.0; part < 100*l.Nodes/l.Writes; part = part*1.05 + 1e-3/l.Writes {
		sources := 1 + (l.Nodes-1)*(1-math.Exp(-l.Writes/l.Nodes*part)) // on average
		best = max(best, l.Round(sources)/(1/l.Writes+l.Stale+part))
	}
	return best / l.Ops
}
