package main

import (
	"math"

	"glomers/internal/bound"
	"glomers/internal/results"
)

// broadcastLoad is what broadcast is measured with in challenges 3d and 3e.
func broadcastLoad() bound.Broadcast {
	return bound.Broadcast{Nodes: 25, Ops: 100, Values: 50, Hop: 0.1}
}

// provenAt returns the messages per operation that any program needs at least, for a maximum of the latency in milliseconds. There is none for a
// median: half of the values could be as late as they like.
func provenAt(latency float64) float64 { return broadcastLoad().Least(seconds(latency)) }

// designAt returns those of the best design that we know.
func designAt(latency float64) float64 { return broadcastLoad().Best(seconds(latency)) }

// seconds returns a maximum that was measured, in milliseconds, for package bound. Latencies are measured by reads, which come now and then, so
// one of less than a hop stands for a hop.
func seconds(latency float64) float64 { return max(latency/1000, broadcastLoad().Hop) }

// A sharing is what the nodes of a solution must tell each other under the load of its workload.
type sharing struct {
	writes float64 // per operation: what is news
	agreed bool    // a read shows nothing before every node is known to have it
}

// sharings returns those of the solutions that are measured against the rate of operations.
func sharings() map[string]sharing {
	return map[string]sharing{
		"g-counter-rate": {writes: 0.4}, // adds of 0 are no news
		"kafka-log-rate": {writes: 0.49, agreed: true},
		"txn-kv-rate":    {writes: 0.766},
	}
}

// bound returns a lower bound of the messages per operation for so many nodes and operations a second, if no write may be invisible for
// longer than stale, in seconds. Time is cut into blocks of stale and some more: what was written in the first part of a block must be
// everywhere by its end, by messages sent in it. If k of n nodes have news, that takes n+k-2: the first node that knows
// all of it has had it from k-1, and each other one must still receive some. To agree takes n-1 more. The bound is that of the best blocks.
func (s sharing) bound(nodes, ops, stale float64) float64 {
	others, rate := nodes-2, s.writes*ops
	if !s.agreed { // package bound has a better proof
		return bound.Broadcast{Nodes: nodes, Ops: ops, Values: rate}.Least(stale)
	}
	others += nodes - 1
	best := 0.0
	for part := stale / 1000; part < 1000*stale; part *= 1.05 {
		messages := others*(1-math.Exp(-rate*part)) + nodes*(1-math.Exp(-rate*part/nodes))
		best = max(best, messages/(stale+part))
	}
	return best / ops
}

// rateBound returns the bound for a point of a set, given the staleness that was measured; none if there is no figure.
func rateBound(s results.Set, p results.Point) (msgsPerOp float64, ok bool) {
	stale, err := p.Figure("staleness-max-ms")
	if err != nil {
		return 0, false
	}
	return sharings()[s.Name].bound(numberParam(p, "nodes"), numberParam(p, "rate"), stale.Median/1000), true
}
