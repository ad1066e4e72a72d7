// Package bound has the least costs that measurements are compared with.
package bound

import "math"

// A Broadcast is a cluster in which values come to all nodes alike, at random, and are to be everywhere. Times are in seconds.
type Broadcast struct {
	Nodes  float64
	Ops    float64 // a second, reads included
	Values float64 // a second
	Hop    float64
}

// Least returns the least messages between nodes per operation if every value is everywhere within so many seconds: what the
// hops do not take is for waiting.
func (b Broadcast) Least(latency float64) float64 {
	return min(b.Mesh(latency-b.Hop), b.Star(latency-2*b.Hop))
}

// Mesh returns the least messages per operation if every value takes one hop and may wait for so many seconds: once in that
// time, each node with news sends to all others.
func (b Broadcast) Mesh(wait float64) float64 {
	others := b.Nodes - 1
	if wait <= 0 {
		return others * b.Values / b.Ops // the limit: every value for itself
	}
	return b.Nodes * others * b.withNews(wait) / (b.Ops * wait)
}

// Star returns the same for two hops, by way of a hub; infinity if there is no time to wait. Either the leaves with news send
// once in that time, and every leaf receives once: in no graph can fewer send, or receive. Or leaves send at once, and the hub's wait
// begins when something new comes, which is better for short waits.
func (b Broadcast) Star(wait float64) float64 {
	if wait <= 0 {
		return math.Inf(1)
	}
	leaves := b.Nodes - 1
	return min(leaves*(1+b.withNews(wait))/wait, leaves*(b.Values/b.Nodes+1/(wait+1/b.Values))) / b.Ops
}

// withNews returns the share of nodes that get at least one value in so many seconds.
func (b Broadcast) withNews(wait float64) float64 { return 1 - math.Exp(-b.Values/b.Nodes*wait) }
