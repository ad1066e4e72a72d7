package main

import (
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
