package harness

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkHopDelay measures how long a message between two nodes is under way, from program to program, in
// a cluster of 25 processes with a latency of 100 ms. Run it with -benchtime 1x.
func BenchmarkHopDelay(b *testing.B) {
	var delays, lag []time.Duration
	for b.Loop() {
		res, err := Run(b.Context(), Test{
			Workload: "broadcast", Program: program(b, "hop"), NodeCount: 25, Rate: 100,
			Latency: 100 * time.Millisecond, TimeLimit: 10 * time.Second, Store: b.TempDir(),
			limits: limits{recovery: time.Second},
		})
		require.NoError(b, err)
		lag = append(lag, res.Lag.P99)
		logs, err := filepath.Glob(filepath.Join(res.Dir, "nodes", "*.log"))
		require.NoError(b, err)
		for _, log := range logs {
			text, err := os.ReadFile(log)
			require.NoError(b, err)
			for _, f := range strings.Fields(string(text)) {
				ns, err := strconv.Atoi(f)
				require.NoError(b, err)
				delays = append(delays, time.Duration(ns))
			}
		}
	}
	hop := newLatency(delays)
	b.ReportMetric(hop.P50.Seconds()*1e3, "ms-p50")
	b.ReportMetric(hop.P99.Seconds()*1e3, "ms-p99")
	b.ReportMetric(newLatency(lag).Max.Seconds()*1e3, "ms-lag-p99")
}
