package sim_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/choice"
	"glomers/harness/network"
	"glomers/harness/record"
	"glomers/harness/sim"
	"glomers/harness/workload"
)

var update = flag.Bool("update", false, "write testdata/runs.txt anew, after a change that is meant to change runs")

// faulty is a short test of a baseline with all the faults that it survives.
func faulty(b baselines.Baseline) harness.Test {
	faults := []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"}
	if b.Promise.Durable {
		faults = append(faults, "kill")
	}
	return harness.Test{
		Workload: b.Workload, Program: harness.InProcess(b.Register), Options: workload.Options{ConsistencyModels: b.Promise.Models},
		NodeCount: 4, Rate: 20, TimeLimit: 4 * time.Second, Nemesis: faults, NemesisInterval: 500 * time.Millisecond,
		Latency: 10 * time.Millisecond, LatencyDist: network.Uniform, Seed: 1,
	}
}

// A seed gives the same run as ever. Nothing in these runs depends on the processor: their times are drawn without logarithms.
func TestRunsOfSeeds(t *testing.T) {
	const golden = "testdata/runs.txt"
	var b strings.Builder
	for _, node := range baselines.All() {
		test := faulty(node)
		for test.Seed = 1; test.Seed <= 3; test.Seed++ {
			res, err := sim.Run(t, test)
			require.NoError(t, err, node.Name)
			fmt.Fprintf(&b, "%s %d %v %s\n", node.Name, test.Seed, res.Valid, res.Hash)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "if runs are meant to change: go test ./harness/sim -run %s -update", t.Name())
}

// All that decides asks the gate: the decisions of a run, recorded, give this run with another seed, too.
func TestRecordedDecisionsGiveTheSameRun(t *testing.T) {
	for _, b := range baselines.All() {
		test := faulty(b)
		test.LatencyDist, test.TimeLimit = network.Exponential, 2*time.Second
		recorder := choice.Record(nil)
		test.Strategy = recorder
		first, err := sim.Run(t, test)
		require.NoError(t, err)

		test.Strategy, test.Seed = nil, 2
		other, err := sim.Run(t, test)
		require.NoError(t, err)
		require.NotEqual(t, first.Hash, other.Hash)

		test.Choices, err = choice.ParseOverrides(recorder.All().String())
		require.NoError(t, err)
		again, err := sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, first.Hash, again.Hash, b.Name)
		require.NotContains(t, strings.Join(again.Warnings, "\n"), "never came up")
	}
}

// A single decision changes what it says, and is in the record.
func TestChoices(t *testing.T) {
	test := harness.Test{
		Workload: "broadcast", Program: harness.InProcess(baselines.Mesh), NodeCount: 2, Rate: 50, TimeLimit: 2 * time.Second,
		Nemesis: []string{"loss"}, NemesisInterval: time.Second, Seed: 3, Store: t.TempDir(),
	}
	var err error
	test.Choices, err = choice.ParseOverrides("network/n0/n1/loss:0.1-1.1-2.1~nemesis/loss/0:0.0~workers:3.1~network/n7/n1/loss:0.1~gaps:9999.0")
	require.NoError(t, err)
	lost := 0
	test.OnMessage = func(e network.Event) {
		if e.Kind == network.Dropped && e.Src == "n0" && lost < 3 {
			lost++
		}
	}
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	require.Equal(t, 3, lost)
	require.Contains(t, res.Warnings, "2 of 7 given decisions never came up: gaps:9999.0~network/n7/n1/loss:0.1")

	run, err := record.Open(res.Dir)
	require.NoError(t, err)
	defer run.Close()
	meta, err := run.Meta()
	require.NoError(t, err)
	require.Equal(t, test.Choices, meta.Choices)

	again := test
	again.Store, again.Seed, again.Choices = "", meta.Seed, meta.Choices
	same, err := sim.Run(t, again)
	require.NoError(t, err)
	require.Equal(t, res.Hash, same.Hash)
	again.Choices = nil
	other, err := sim.Run(t, again)
	require.NoError(t, err)
	require.NotEqual(t, res.Hash, other.Hash)
}
