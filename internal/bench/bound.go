package bench

import (
	"fmt"
	"strconv"
	"sync"

	"glomers/internal/bound"
	"glomers/internal/bound/exact"
	"glomers/internal/challenge"
	"glomers/internal/results"
)

// broadcastLoad is the load of challenges 3d and 3e.
func broadcastLoad() bound.Broadcast {
	return bound.Broadcast{Nodes: 25, Ops: 100, Values: 50, Hop: 0.1}
}

// provenAt returns a lower bound of the messages per operation of any program whose latency has this maximum, in milliseconds. A
// median has no such bound: half of the values could be as late as they like.
func provenAt(latency float64) float64 { return broadcastLoad().Least(seconds(latency)) }

// Needed returns a lower bound of the messages per operation of any program that passes a challenge with this maximum of the stable
// latency, in milliseconds. It is known for the challenges with the load of broadcastLoad.
func Needed(ch challenge.Challenge, latency float64) (msgsPerOp float64, ok bool) {
	if ch.Targets.Max == 0 {
		return 0, false
	}
	return provenAt(latency), true
}

// designAt returns the messages per operation of the best design that we know.
func designAt(latency float64) float64 { return broadcastLoad().Best(seconds(latency)) }

// seconds converts a measured maximum, in milliseconds, for package bound. Latencies are measured by reads, which come now and then, so
// a maximum below one hop stands for one hop.
func seconds(latency float64) float64 { return max(latency/1000, broadcastLoad().Hop) }

// A sharing describes the news that the nodes of a solution must tell each other under the load of its workload.
type sharing struct {
	writes float64 // per operation, those that are news
	copies float64 // nodes that must be known to have a write before a node shows it
}

// sharings returns the sharing of each set that is measured against the rate of operations.
func sharings() map[string]sharing {
	return map[string]sharing{
		"g-counter-rate": {writes: 0.4, copies: 1}, // adds of 0 are no news
		"kafka-log-rate": {writes: 0.49, copies: 2},
		"txn-kv-rate":    {writes: 0.766, copies: 1},
	}
}

// rateBound returns the lower bound of the messages per operation at a point, given its measured staleness; false if the staleness has no
// figure. A point may have its own number of copies.
func rateBound(s results.Set, p results.Point) (msgsPerOp float64, ok bool) {
	stale, err := p.Summary("staleness-max-ms")
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

// Metrics of broadcast-size that come from package bound, beside the measured ones.
const (
	leastMsgsPerOp = "least-msgs/op"
	bestMsgsPerOp  = "best-msgs/op"
)

// boundsTable has small clusters in which all nodes have news all the time: the true minimum beside the proven bound and the costs of designs. If the
// search for a minimum fails, the table has the reason.
var boundsTable = sync.OnceValue(func() string {
	var body [][]string
	for _, c := range []exact.Cluster{
		{Nodes: 2, Hop: 1, Latency: 2},
		{Nodes: 2, Hop: 1, Latency: 4},
		{Nodes: 3, Hop: 2, Latency: 3},
		{Nodes: 3, Hop: 1, Latency: 2},
		{Nodes: 3, Hop: 1, Latency: 3},
		{Nodes: 3, Hop: 1, Latency: 4},
		{Nodes: 3, Hop: 1, Latency: 5},
		{Nodes: 3, Hop: 1, Latency: 6},
		{Nodes: 3, Hop: 1, Latency: 7},
		{Nodes: 4, Hop: 1, Latency: 2},
		{Nodes: 4, Hop: 1, Latency: 3},
	} {
		hop, hops := float64(c.Hop), float64(c.Latency)/float64(c.Hop)
		minimum := ""
		if least, err := c.Busy(); err != nil {
			minimum = err.Error()
		} else {
			minimum = digits(least.PerTick() * hop)
		}
		// Times are in hops. The rate of values is so high that the wait for the next value makes no difference.
		b := bound.Broadcast{Nodes: float64(c.Nodes), Ops: 1, Values: 1e12, Hop: 1}
		row := []string{fmt.Sprint(c.Nodes), strconv.FormatFloat(hops, 'g', 3, 64), digits(b.Least(hops)), "**" + minimum + "**"}
		for _, design := range []func(float64) float64{b.Mesh, b.StarSlots, b.Doubling, b.Ring} {
			row = append(row, digits(design(hops)))
		}
		body = append(body, row)
	}
	return rows([]string{"nodes", "latency, hops", "needed (proven)", "true minimum", "mesh", "star with slots", "doubling", "ring"}, body)
})
