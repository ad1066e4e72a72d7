package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/node"
)

// BenchmarkEcho measures the engine's cost of a message, in a run with a million messages. Run it with -benchtime 1x under
// /usr/bin/time, which shows its memory.
func BenchmarkEcho(b *testing.B) {
	messages := 0
	for b.Loop() {
		test := echo(func(*node.Node, string) {})
		test.Rate, test.TimeLimit = 10_000, 50*time.Second
		res, err := Run(new(testing.T), test) // a bubble needs one, which a benchmark does not have
		require.NoError(b, err)
		require.Equal(b, check.Valid, res.Valid, res.Reasons)
		messages += res.Net.All.Messages
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(messages), "ns/message")
}
