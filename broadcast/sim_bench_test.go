package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
	"glomers/internal/bound"
	"glomers/node"
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
// with the load of challenge 3d: messages between nodes per operation, and stable latency, beside the least that is proven to be
// needed and the best design that we know. Iterations are seeds from 1
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
					latency := stableLatencies(res)
					medians, maxima = append(medians, latency.Median), append(maxima, latency.Max)
				}
				slices.Sort(medians)
				load := bound.Broadcast{Nodes: float64(nodes), Ops: test.Rate, Values: test.Rate / 2, Hop: hop.Seconds()}
				final := b.N * nodes // reads after the load, which count as operations
				b.ReportMetric(float64(messages)/float64(ops), "msgs/op")
				main := float64(ops-final) / float64(ops)
				b.ReportMetric(load.Least(budget.Seconds())*main, "least-msgs/op")
				b.ReportMetric(load.Best(budget.Seconds())*main, "best-msgs/op")
				b.ReportMetric(float64(medians[len(medians)/2]), "median-ms")
				b.ReportMetric(float64(slices.Max(maxima)), "max-ms")
			})
		}
	}
}

// BenchmarkFaithful measures what the real Maelstrom would, in challenges 3d and 3e: its way to deliver messages, and its partitions.
// Figures are medians over the seeds.
func BenchmarkFaithful(b *testing.B) {
	type design struct {
		name     string
		register func(*node.Node)
	}
	var designs []design // in the order of budgets, then the baselines
	for _, budget := range budgets {
		designs = append(designs, design{fmt.Sprintf("broadcast/budget=%v", budget), broadcaster(budget)})
	}
	for _, baseline := range baselines.All() {
		if slices.Contains([]string{"flooding", "tree", "star", "mesh"}, baseline.Name) {
			designs = append(designs, design{baseline.Name, baseline.Register})
		}
	}
	for _, d := range designs {
		intervals := []time.Duration{0, 4 * time.Second}
		if d.name == fmt.Sprintf("broadcast/budget=%v", defaultBudget) { // that of the challenges
			intervals = append(intervals, 10*time.Second)
		}
		for _, interval := range intervals {
			test := challenge3e()
			test.Program = harness.InProcess(d.register)
			test.Faithful = true
			name := d.name + "/faults=none"
			if interval > 0 {
				name = fmt.Sprintf("%s/faults=partition/interval=%v", d.name, interval)
				test.Nemesis, test.NemesisInterval = []string{"partition"}, interval
			}
			b.Run(name, func(b *testing.B) {
				var cost, medians, maxima []float64
				for b.Loop() {
					test.Seed++
					res, err := sim.Run(new(testing.T), test)
					require.NoError(b, err)
					require.Equal(b, check.Valid, res.Valid, res.Reasons)
					latency := stableLatencies(res)
					cost = append(cost, res.Net.Servers.MsgsPerOp)
					medians, maxima = append(medians, float64(latency.Median)), append(maxima, float64(latency.Max))
				}
				for metric, runs := range map[string][]float64{"msgs/op": cost, "median-ms": medians, "max-ms": maxima} {
					slices.Sort(runs)
					b.ReportMetric(runs[len(runs)/2], metric)
				}
			})
		}
	}
}
