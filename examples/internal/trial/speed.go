package trial

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/cputime"
)

const (
	// warmUp is the part of a run that does not count: the first leader is elected in it.
	warmUp = time.Second
	// measured is the part that counts.
	measured = 4 * time.Second
)

// Speed runs processes under test, whose Rate no node reaches, so that each client asks again as soon as it has an answer. It reports
//
//	ops/s            operations answered per second: also those that find another value, or none
//	p50-ms, p99-ms   their latency
//	msgs/op          messages between nodes
//	nodes-µs/op      time of processors for the nodes
//	harness-µs/op    the same for the harness, which shares the processors with them
//	cpus-busy        processors that were busy with both: fewer than there are means that the machine had other work, or that all waited
//	distorted        runs that the machine distorted, as the harness says
func Speed(b *testing.B, test harness.Test) {
	var all speed
	for b.Loop() {
		test.Seed++
		s := &speed{began: make(map[history.Process]int64)}
		s.run(b, test)
		all.latencies = append(all.latencies, s.latencies...)
		all.answered, all.messages, all.invoked = all.answered+s.answered, all.messages+s.messages, all.invoked+s.invoked
		all.harness, all.nodes, all.elapsed, all.distorted = all.harness+s.harness, all.nodes+s.nodes, all.elapsed+s.elapsed, all.distorted+s.distorted
	}
	require.NotEmpty(b, all.latencies)
	slices.Sort(all.latencies)
	n := len(all.latencies)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	perOp := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(all.answered) }
	b.ReportMetric(float64(n)/float64(b.N)/measured.Seconds(), "ops/s")
	b.ReportMetric(ms(all.latencies[n/2]), "p50-ms")
	b.ReportMetric(ms(all.latencies[n*99/100]), "p99-ms")
	b.ReportMetric(float64(all.messages)/float64(all.invoked), "msgs/op")
	b.ReportMetric(perOp(all.nodes), "nodes-µs/op")
	b.ReportMetric(perOp(all.harness), "harness-µs/op")
	b.ReportMetric((all.harness+all.nodes).Seconds()/all.elapsed.Seconds(), "cpus-busy")
	b.ReportMetric(float64(all.distorted), "distorted")
	b.ReportMetric(0, "ns/op") // hides ns/op, which adds nothing
}

// A speed is what was seen of a run.
type speed struct {
	began     map[history.Process]int64 // when a client asked, in ns
	zero      int64                     // when the first one did
	latencies []time.Duration           // of what was answered in the part that counts
	answered  int                       // in the whole run

	messages, invoked       int
	harness, nodes, elapsed time.Duration
	distorted               int
}

func (s *speed) run(b *testing.B, test harness.Test) {
	test.TimeLimit = warmUp + measured
	test.OnOp = s.onOp
	var began time.Time
	var worked time.Duration
	test.Progress = func(p harness.Progress) {
		switch {
		case p.Phase == harness.PhaseMain && began.IsZero():
			began, worked = time.Now(), cputime.Process()
		case p.Phase == harness.PhaseCheck && s.elapsed == 0:
			s.elapsed, s.harness = time.Since(began), cputime.Process()-worked
		}
	}
	nodes := cputime.Children()
	runtime.GC() // of the last run's history
	res, err := harness.Run(b.Context(), test)
	require.NoError(b, err)
	require.Equal(b, check.Valid, res.Valid, res.Reasons)
	s.nodes = cputime.Children() - nodes
	s.messages, s.invoked = res.Net.Servers.Messages, res.Stats.Count
	for _, text := range res.Distorted {
		s.distorted = 1
		b.Log(text)
	}
}

func (s *speed) onOp(op history.Op) {
	if op.Type == history.Invoke {
		if s.zero == 0 {
			s.zero = op.Time
		}
		s.began[op.Process] = op.Time
		return
	}
	if !answered(op) {
		return
	}
	s.answered++
	if at := time.Duration(op.Time - s.zero); at >= warmUp && at < warmUp+measured {
		s.latencies = append(s.latencies, time.Duration(op.Time-s.began[op.Process]))
	}
}
