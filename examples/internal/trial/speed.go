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
//	cpus             how many processors were busy with both: far fewer than there are mean that others had them, or that all waited
//	distorted        runs that the machine distorted, by what the harness says
func Speed(b *testing.B, test harness.Test) {
	var s speed
	for b.Loop() {
		s.run(b, test)
	}
	s.report(b, "")
}

// Race is Speed for two tests in turn, so that what else the machine does slows both alike. Its metrics begin with the names of the tests, and
// ratio is the first one's ops/s by the second one's.
func Race(b *testing.B, names [2]string, tests [2]harness.Test) {
	var s [2]speed
	for b.Loop() {
		for i := range s {
			s[i].run(b, tests[i])
		}
	}
	for i := range s {
		s[i].report(b, names[i]+"-")
	}
	b.ReportMetric(float64(len(s[0].latencies))/float64(len(s[1].latencies)), "ratio")
}

// A speed is what was seen of some runs.
type speed struct {
	runs      int
	latencies []time.Duration // of what was answered in the part that counts
	answered  int             // in all of the run

	messages, invoked       int
	harness, nodes, elapsed time.Duration
	distorted               int

	// Of the present run:
	began map[history.Process]int64 // when a client asked, in ns
	zero  int64                     // when the first one did
}

func (s *speed) run(b *testing.B, test harness.Test) {
	s.runs++
	s.began, s.zero = make(map[history.Process]int64), 0
	test.Seed, test.TimeLimit, test.OnOp = uint64(s.runs), warmUp+measured, s.onOp
	var began time.Time
	var worked time.Duration
	test.Progress = func(p harness.Progress) {
		switch {
		case p.Phase == harness.PhaseMain && began.IsZero():
			began, worked = time.Now(), cputime.Process()
		case p.Phase == harness.PhaseCheck && worked != 0:
			s.elapsed += time.Since(began)
			s.harness += cputime.Process() - worked
			worked = 0
		}
	}
	nodes := cputime.Children()
	runtime.GC() // of the last run's history
	res, err := harness.Run(b.Context(), test)
	require.NoError(b, err)
	require.Equal(b, check.Valid, res.Valid, res.Reasons)
	s.nodes += cputime.Children() - nodes
	s.messages, s.invoked = s.messages+res.Net.Servers.Messages, s.invoked+res.Stats.Count
	if len(res.Distorted) > 0 {
		s.distorted++
		b.Log(res.Distorted)
	}
}

func (s *speed) onOp(op history.Op) {
	switch at := time.Duration(op.Time - s.zero); {
	case op.Type == history.Invoke:
		if s.zero == 0 {
			s.zero = op.Time
		}
		s.began[op.Process] = op.Time
	case answered(op):
		s.answered++
		if at >= warmUp && at < warmUp+measured {
			s.latencies = append(s.latencies, time.Duration(op.Time-s.began[op.Process]))
		}
	}
}

// report reports the metrics, with a prefix.
func (s *speed) report(b *testing.B, prefix string) {
	n := len(s.latencies)
	require.Positive(b, n)
	slices.Sort(s.latencies)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	perOp := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(s.answered) }
	for _, m := range []struct {
		unit  string
		value float64
	}{
		{"ops/s", float64(n) / float64(s.runs) / measured.Seconds()},
		{"p50-ms", ms(s.latencies[n/2])},
		{"p99-ms", ms(s.latencies[n*99/100])},
		{"msgs/op", float64(s.messages) / float64(s.invoked)},
		{"nodes-µs/op", perOp(s.nodes)},
		{"harness-µs/op", perOp(s.harness)},
		{"cpus", (s.harness + s.nodes).Seconds() / s.elapsed.Seconds()},
		{"distorted", float64(s.distorted)},
	} {
		b.ReportMetric(m.value, prefix+m.unit)
	}
	b.ReportMetric(0, "ns/op") // hides ns/op, which adds nothing
}
