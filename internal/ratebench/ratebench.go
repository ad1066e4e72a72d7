// Package ratebench measures the cost and the staleness of a replicated service, at any load and in clusters of any size.
// The cost is the number of messages between servers, including those to services, per operation of a client. The staleness
// is the time from the acknowledgement of a write on one node until the write is visible on another. To measure it, the
// package looks into the nodes, as clients may not read often enough.
package ratebench

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/node"
)

// A Service is the service to measure. W is the type of a write.
type Service[W any] struct {
	// Test returns the test for a number of nodes and of operations per second. The package itself sets the program and the
	// observers.
	Test func(nodes, rate int) harness.Test
	// Serve makes n a node of the service.
	Serve func(n *node.Node) Replica[W]
	// Settles says that the test goes on until everything is visible everywhere. A write that does not become visible then
	// fails the benchmark; otherwise it is not counted.
	Settles bool
}

// A Replica looks into one node.
type Replica[W any] interface {
	// Wrote returns the writes that the node has acknowledged by completing op. A write that changes nothing cannot be
	// observed, and is left out.
	Wrote(op history.Op) ([]W, error)
	// Sees reports whether a read on the node would show w, or a value that has overwritten it.
	Sees(w W) bool
}

// Run runs one benchmark for each number of nodes and each rate. It reports msgs/op, bytes/op, staleness-ms (the median) and
// staleness-max-ms. Each iteration is a seed, from 1 on, and the figures cover all iterations: with -benchtime Nx they are
// always the same.
func Run[W any](b *testing.B, s Service[W]) {
	RunEach(b, func(int) []Mode[W] { return []Mode[W]{{Service: s}} })
}

// A Mode is a service with particular settings.
type Mode[W any] struct {
	Name string // as name=value; "" if there is only one mode
	Service[W]
}

// RunEach is Run for a service with several modes; modes returns the modes for a number of nodes.
func RunEach[W any](b *testing.B, modes func(nodes int) []Mode[W]) {
	for _, nodes := range []int{2, 5, 25} {
		for _, rate := range []int{10, 100, 1000, 10_000} {
			for _, m := range modes(nodes) {
				name := fmt.Sprintf("nodes=%d/rate=%d", nodes, rate)
				if m.Name != "" {
					name += "/" + m.Name
				}
				b.Run(name, func(b *testing.B) { measure(b, m.Service, m.Test(nodes, rate)) })
			}
		}
	}
}

// measure runs test with one seed after the other and reports the cost and the staleness.
func measure[W any](b *testing.B, s Service[W], test harness.Test) {
	messages, ops, size := 0, 0, int64(0)
	var delays []time.Duration
	for b.Loop() {
		test.Seed++
		w := &watch[W]{serve: s.Serve}
		res, err := sim.Run(new(testing.T), w.on(test)) // the bubble needs a testing.T, which a benchmark does not have
		require.NoError(b, errors.Join(err, w.err))
		require.Equal(b, check.Valid, res.Valid, res.Reasons)
		if s.Settles {
			require.Empty(b, slices.Concat(w.hidden...), "everything is visible in the end")
		}
		messages += res.Net.Servers.Messages
		ops += res.Stats.Count
		size += res.Net.Servers.Bytes
		delays = append(delays, w.delays...)
	}
	require.NotEmpty(b, delays)
	slices.Sort(delays)
	b.ReportMetric(float64(messages)/float64(ops), "msgs/op")
	b.ReportMetric(float64(size)/float64(ops), "bytes/op")
	b.ReportMetric(delays[len(delays)/2].Seconds()*1000, "staleness-ms")
	b.ReportMetric(delays[len(delays)-1].Seconds()*1000, "staleness-max-ms")
}
