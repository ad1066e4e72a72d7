package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
)

// challenge2 is challenge 2 with fewer requests, and with faults that come more often.
func challenge2(faults ...string) harness.Test {
	return harness.Test{
		Workload: "unique-ids", Program: harness.InProcess(inMemory),
		NodeCount: 3, Rate: 100, TimeLimit: 10 * time.Second, Latency: 10 * time.Millisecond,
		Nemesis: faults, NemesisInterval: time.Second,
	}
}

// scenarios are the faults that unique-ids promises to survive. Where they leave the nodes alone, every
// request is answered.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	add := func(availability string, faults ...string) {
		s := sim.Scenario{Name: strings.Join(faults, "+"), Test: challenge2(faults...), Seeds: 4}
		s.Test.Availability = availability
		all = append(all, s)
	}
	for _, fault := range []string{"partition", "loss", "duplicate", "reorder", "slow", "skew"} {
		add("total", fault)
	}
	add("total", "partition", "loss", "duplicate", "reorder", "slow", "skew")
	add("", "pause")
	add("", "kill")
	add("", "partition", "loss", "duplicate", "reorder", "slow", "pause", "kill")
	return all
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }

// What is not promised: a clock that is set back while no process of the node runs may make the next one start in the
// millisecond in which an earlier one did.
func TestKillAndSkewRepeatIDs(t *testing.T) {
	test := challenge2("kill", "skew")
	test.NodeCount, test.Concurrency, test.Rate = 1, 200, 20 // requests to a dead node keep a client busy
	test.NemesisInterval, test.TimeLimit = 300*time.Millisecond, time.Minute
	for test.Seed = 1; test.Seed <= 200; test.Seed++ {
		res, err := sim.Run(t, test)
		require.NoError(t, err)
		if res.Valid == check.Invalid {
			require.Contains(t, res.Reasons[0], "was given out 2 times")
			return
		}
	}
	require.Fail(t, "no id was repeated: promise it")
}

// With a disk the same kills and clocks repeat no id, nor do disks that lose what was not synced, and are full or slow.
func TestDiskMakesUpForClocks(t *testing.T) {
	test := challenge2("kill", "skew", "disk")
	test.Program = harness.InProcess(onDisk)
	test.NodeCount, test.Concurrency, test.Rate = 1, 200, 20
	test.NemesisInterval, test.TimeLimit = 300*time.Millisecond, 20*time.Second
	all := challenge2("partition", "loss", "duplicate", "reorder", "slow", "pause", "skew", "kill", "disk")
	all.Program = test.Program
	sim.Test(t, sim.Scenario{Name: "one node", Test: test, Seeds: 20}, sim.Scenario{Name: "all", Test: all, Seeds: 4})
}
