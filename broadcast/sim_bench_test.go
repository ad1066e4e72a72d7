package main

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
)

// BenchmarkSim measures how many seconds of virtual time, in which a cluster works, recovers and is judged, pass in one of
// real time.
func BenchmarkSim(b *testing.B) {
	hundred := challenge3e()
	hundred.NodeCount = 100
	for _, c := range []struct {
		name string
		test harness.Test
	}{{"3c", with(challenge3c(), "partition")}, {"3e", challenge3e()}, {"100 nodes", hundred}} {
		b.Run(c.name, func(b *testing.B) {
			virtual, messages := time.Duration(0), 0
			for b.Loop() {
				c.test.Seed++
				res, err := sim.Run(new(testing.T), c.test) // a bubble needs one, which a benchmark does not have
				require.NoError(b, err)
				require.Equal(b, check.Valid, res.Valid, res.Reasons)
				virtual += res.Elapsed
				messages += res.Net.All.Messages
			}
			b.ReportMetric(virtual.Seconds()/b.Elapsed().Seconds(), "virtual-s/s")
			b.ReportMetric(float64(messages)/float64(b.N), "messages/op")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(messages), "µs/message")
		})
	}
}

// BenchmarkSize measures what each budget costs, and what latency it gives, in clusters of several sizes that all work for 20 s
// with the load of challenge 3d: messages between nodes per operation, and stable latency, beside the least cost. Iterations are seeds from 1
// on, summed up.
func BenchmarkSize(b *testing.B) {
	for _, nodes := range []int{5, 25, 100, 400} {
		for _, budget := range budgets {
			if nodes == 400 && newPlan(budget).mesh {
				continue // it would take minutes: hundreds of messages per operation
			}
			b.Run(fmt.Sprintf("nodes=%d/budget=%v", nodes, budget), func(b *testing.B) {
				test := challenge3e()
				test.NodeCount = nodes
				test.Program = harness.InProcess(broadcaster(budget))
				var messages, ops int
				var medians, maxima []int64
				for b.Loop() {
					test.Seed++
					res, err := sim.Run(new(testing.T), test)
					require.NoError(b, err)
					require.Equal(b, check.Valid, res.Valid, res.Reasons)
					messages += res.Net.Servers.Messages
					ops += res.Stats.Count
					latency := res.Workload.(*check.SetFullResult).StableLatencies
					medians, maxima = append(medians, latency.Median), append(maxima, latency.Max)
				}
				slices.Sort(medians)
				final := b.N * nodes // reads after the load, which count as operations
				b.ReportMetric(float64(messages)/float64(ops), "msgs/op")
				b.ReportMetric(leastCost(nodes, budget)*float64(ops-final)/float64(ops), "bound-msgs/op")
				b.ReportMetric(float64(medians[len(medians)/2]), "median-ms")
				b.ReportMetric(float64(slices.Max(maxima)), "max-ms")
			})
		}
	}
}

// leastCost is what a budget costs at least in messages per operation, if half of 100 operations a second are broadcasts, spread
// over all nodes. With one hop, each value goes to each other node by itself. With two hops
// there is a hub: in a window, all nodes with news send it some, and it sends all of them some. Either windows
// follow each other, or the leaves send at once and the hub's window begins when something new comes.
func leastCost(nodes int, budget time.Duration) float64 {
	const ops, values = 100.0, 50.0 // a second
	n, others := float64(nodes), float64(nodes-1)
	withNews := func(window float64) float64 { return 1 - math.Exp(-values/n*window) } // the share of nodes
	window := (budget - 2*hop).Seconds()
	if window <= 0 {
		return values * others / ops
	}
	return min(others*(1+withNews(window))/window, others*(values/n+1/(window+1/values))) / ops
}
