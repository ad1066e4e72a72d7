package harness

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func TestDistortions(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	good := conditions{
		latency: 100 * ms, recovery: 10 * time.Second, lag: Latency{Count: 1000, P99: 25 * ms, Max: 100 * ms},
		asked: 2000, invoked: 1950, period: 20 * time.Second, workers: 4,
	}
	for name, c := range map[string]struct {
		change     func(*conditions)
		distortion string // "" if there is none
		caution    string
	}{
		"at the limits":       {func(*conditions) {}, "", ""},
		"late often":          {func(c *conditions) { c.lag.P99 = 26 * ms }, "late by 26ms or more with one in a hundred deliveries and timers, and 25ms is the limit (a quarter of the latency)", ""},
		"late once":           {func(c *conditions) { c.lag.Max = 67_912 * ms }, "late by 1m7.9s at worst, and 100ms is the limit", ""},
		"no latency":          {func(c *conditions) { c.latency, c.lag.P99 = 0, 10*ms }, "", ""},
		"no latency, late":    {func(c *conditions) { c.latency, c.lag.P99 = 0, 11*ms }, "and 10ms is the limit; latencies", ""},
		"short latency":       {func(c *conditions) { c.latency, c.lag.P99 = 8*ms, 3*ms }, "and 2ms is the limit", ""},
		"short, late once":    {func(c *conditions) { c.latency, c.lag.P99, c.lag.Max = 8*ms, 0, 99*ms }, "", ""},
		"a hop is longer":     {func(c *conditions) { c.latency, c.lag.Max = 400*ms, 399*ms }, "", ""},
		"too late for a rate": {func(c *conditions) { c.invoked = 1500 }, "only 1500 operations of some 2000 that the rate asks for were invoked in the main phase although there were workers to spare", ""},
		"busy workers":        {func(c *conditions) { c.invoked, c.busy = 1500, 4*time.Second }, "", "only 1500 operations of some 2000 that the rate asks for were invoked in the main phase: for 4s all workers (4)"},
		"somewhat busy":       {func(c *conditions) { c.invoked, c.busy = 1500, 2*time.Second }, "workers to spare", ""},
		"busy, yet in time":   {func(c *conditions) { c.busy = 19 * time.Second }, "", ""},
		"few operations":      {func(c *conditions) { c.asked, c.invoked = 10, 4 }, "", ""},
		"none of few":         {func(c *conditions) { c.asked, c.invoked = 20, 0 }, "only 0 operations of some 20", ""},
		"nothing asked":       {func(c *conditions) { c.asked, c.invoked = 0, 0 }, "", ""},
		"latency, no final":   {func(c *conditions) { c.latency, c.recovery = 20*time.Second, 0 }, "", ""},
		"latency is recovery": {func(c *conditions) { c.latency = c.recovery }, "", ""},
		"longer than that":    {func(c *conditions) { c.latency = 20 * time.Second }, "", "the latency of 20s is longer than the recovery of 10s"},
	} {
		changed := good
		c.change(&changed)
		requireSays(t, c.distortion, changed.distortions(), name)
		requireSays(t, c.caution, changed.cautions(), name)
	}
	all := good
	all.lag, all.invoked = Latency{P99: time.Second, Max: time.Second}, 0
	require.Len(t, all.distortions(), 3)
}

func requireSays(t *testing.T, want string, got []string, name string) {
	if want == "" {
		require.Empty(t, got, name)
		return
	}
	require.Contains(t, strings.Join(got, "\n"), want, name)
	require.Len(t, got, 1, name)
}

// Waiting workers are distinguished from a late harness, and operations that were not asked for do not count as missing. In
// virtual time the machine distorts nothing, and the time is exact.
func TestBusyWorkersAreCounted(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(registerEcho))
	test.Concurrency, test.Rate, test.TimeLimit = 1, 100, time.Second
	var busy run
	busy.ops = newGenerator(test)
	busy.ops.open = true
	busy.ops.waitFrom(300 * time.Millisecond)
	busy.ops.waitFrom(400 * time.Millisecond)
	busy.ops.waitUntil(700 * time.Millisecond)
	busy.ops.waitUntil(800 * time.Millisecond)
	busy.ops.waitFrom(900 * time.Millisecond)
	busy.ops.close(time.Second)
	busy.ops.waitUntil(5 * time.Second)
	require.Equal(t, 500*time.Millisecond, busy.ops.busy)
	require.False(t, busy.ops.open)

	res := virtually(t, test)
	require.Empty(t, res.Distorted)
}

// What the machine did to a run is no part of its verdict.
func TestDistortionIsNoVerdict(t *testing.T) {
	t.Parallel()
	var late sync.Once
	res, err := Run(t.Context(), Test{
		Workload: "echo", Program: InProcess(registerEcho), NodeCount: 1, TimeLimit: 300 * time.Millisecond, Rate: 20,
		OnOp: func(history.Op) { late.Do(func() { time.Sleep(600 * time.Millisecond) }) }, // the end of the main phase is due meanwhile
	})
	require.NoError(t, err)
	require.Equal(t, "valid", res.Valid.String(), res.Reasons)
	require.NotEmpty(t, res.Distorted)
	require.Subset(t, res.Warnings, res.Distorted)
}
