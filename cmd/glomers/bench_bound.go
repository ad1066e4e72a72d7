package main

import "math"

// What broadcast is measured with: nodes, the hop in seconds, and per second all operations and the values of one node.
const (
	boundNodes = 25
	boundHop   = 0.1
	boundOps   = 100.0
	boundNews  = 2.0
)

// meshBound returns the least messages per operation if every value takes one hop and may wait for so many seconds: once in that
// time, each node with news sends to all others.
func meshBound(wait float64) float64 {
	const links = boundNodes * (boundNodes - 1)
	if wait <= 0 {
		return links * boundNews / boundOps // the limit: every value for itself
	}
	return links * withNews(wait) / (boundOps * wait)
}

// starBound returns the same for two hops, by way of a hub. Either the leaves with news send once in that time, and every leaf
// receives once: in no graph can fewer send, or receive. Or leaves send at once, and the hub's wait begins when something new comes,
// which is better for short waits.
func starBound(wait float64) float64 {
	if wait <= 0 {
		return math.Inf(1)
	}
	const leaves = boundNodes - 1
	return min(leaves*(1+withNews(wait))/wait, leaves*(boundNews+1/(wait+1/(boundNews*boundNodes)))) / boundOps
}

// withNews returns the share of nodes that get at least one value in so many seconds; values come at random.
func withNews(wait float64) float64 { return 1 - math.Exp(-boundNews*wait) }

// maxBound returns the least messages per operation for a maximum of the latency, in milliseconds: what the hops do not take
// is for waiting. Latencies are measured by reads, which come now and then, so one of less than a hop stands for a hop.
func maxBound(latency float64) float64 {
	wait := latency/1000 - boundHop
	return min(meshBound(wait), starBound(wait-boundHop))
}

// medianBound returns the same for a median: who waits for the end of a window waits half of it in the median.
func medianBound(latency float64) float64 {
	wait := 2 * (latency/1000 - boundHop)
	return min(meshBound(wait), starBound(wait-2*boundHop))
}
