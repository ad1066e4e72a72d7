package bench

import (
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
	copies float64 // how many nodes must be known to have what a node shows
}

// sharings returns those of the solutions that are measured against the rate of operations.
func sharings() map[string]sharing {
	return map[string]sharing{
		"g-counter-rate": {writes: 0.4, copies: 1}, // adds of 0 are no news
		"kafka-log-rate": {writes: 0.49, copies: 2},
		"txn-kv-rate":    {writes: 0.766, copies: 1},
	}
}

// rateBound returns the least messages per operation for a point of a set, given the staleness that was measured; none if there is no
// figure. A point may say how many copies it needs.
func rateBound(s results.Set, p results.Point) (msgsPerOp float64, ok bool) {
	stale, err := p.Figure("staleness-max-ms")
	if err != nil {
		return 0, false
	}
	sharing, ops := sharings()[s.Name], numberParam(p, "rate")
	l := bound.Log{
		Nodes: numberParam(p, "nodes"), Ops: ops, Writes: sharing.writes * ops, Stale: stale.Median / 1000, Copies: sharing.copies,
	}
	if p.Params["copies"] != "" {
		l.Copies = numberParam(p, "copies")
	}
	return l.Least(), true
}
