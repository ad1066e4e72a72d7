//go:build unix

package harness

import (
	"context"
	"math"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// BenchmarkRouting measures the rate and the cost of messages through 25 processes, which forward each message at once; a
// thousand messages are under way at a time. Run it, like BenchmarkEcho, with -benchtime 1x.
func BenchmarkRouting(b *testing.B) {
	test := Test{Workload: "echo", Program: program(b, "pass-on", "40"), NodeCount: 25, Rate: 1}
	measureRuns(b, test, "msgs/s", func(res Result) int { return res.Net.Servers.Received })
}

// BenchmarkEcho measures how many operations per second one process serves for 64 workers, each of which sends its next request
// as soon as it has an answer.
func BenchmarkEcho(b *testing.B) {
	test := Test{Workload: "echo", Program: program(b, "echo"), NodeCount: 1, Concurrency: 64, Rate: 1e6}
	measureRuns(b, test, "ops/s", func(res Result) int { return res.Stats.OKCount })
}

// measureRuns carries out runs of 5 s, with a journal. It reports the rate of operations or messages, setup included, and the
// processor time per message, of the harness and of the nodes.
func measureRuns(b *testing.B, test Test, unit string, done func(Result) int) {
	test.TimeLimit = 5 * time.Second
	var elapsed time.Duration
	total, messages := 0, 0
	harness, nodes := cpuTime(b, syscall.RUSAGE_SELF), cpuTime(b, syscall.RUSAGE_CHILDREN)
	for b.Loop() {
		test.Store = b.TempDir()
		res, err := Run(b.Context(), test)
		require.NoError(b, err)
		require.Equal(b, check.Valid, res.Valid, res.Reasons)
		elapsed += res.Elapsed
		total += done(res)
		messages += res.Net.All.Received
	}
	harness, nodes = cpuTime(b, syscall.RUSAGE_SELF)-harness, cpuTime(b, syscall.RUSAGE_CHILDREN)-nodes
	b.ReportMetric(float64(total)/elapsed.Seconds(), unit)
	b.ReportMetric(float64(harness.Nanoseconds())/float64(messages), "harness-cpu-ns/msg")
	b.ReportMetric(float64(nodes.Nanoseconds())/float64(messages), "nodes-cpu-ns/msg")
	b.ReportMetric(0, "ns/op") // hides ns/op, which adds nothing
}

// cpuTime returns the user and system time of this process, or of the children that it has waited for.
func cpuTime(b *testing.B, who int) time.Duration {
	b.Helper()
	var r syscall.Rusage
	require.NoError(b, syscall.Getrusage(who, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkJudgeKafka measures the analysis of a kafka run of 20 s at rate 1000.
func BenchmarkJudgeKafka(b *testing.B) {
	test := kafkaTest(math.MaxInt)
	test.Concurrency, test.Rate, test.TimeLimit = 4, 1000, 20*time.Second
	var h []history.Op
	test.OnOp = func(op history.Op) { h = append(h, op) }
	synctest.Test(new(testing.T), func(*testing.T) { // a bubble needs one, which a benchmark does not have
		test.Settle = synctest.Wait
		res, err := Run(context.Background(), test)
		require.NoError(b, err)
		require.Equal(b, check.Valid, res.Valid, res.Reasons)
	})
	w, err := workload.All().New(test.Workload, workload.Config{})
	require.NoError(b, err)
	for b.Loop() {
		j, err := Judge(w, h, "")
		require.NoError(b, err)
		require.Equal(b, check.Valid, j.Valid, j.Reasons)
	}
	b.ReportMetric(float64(len(h)), "events")
}
