package shrink_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
	"glomers/internal/shrink"
)

func simulated(t *testing.T) shrink.Options {
	return shrink.Options{
		Run:     func(_ context.Context, test harness.Test) (harness.Result, error) { return sim.Run(t, test) },
		MaxRuns: 1000,
	}
}

// An excerpt that keeps everything is the run itself.
func TestWholeExcerptIsTheRun(t *testing.T) {
	for seed := range uint64(10) {
		test := harness.Test{
			Workload: "broadcast", Program: harness.InProcess(baselines.Gossip), Rate: 10, TimeLimit: 10 * time.Second, NemesisInterval: 2 * time.Second,
			Nemesis: []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "kill", "skew"}, Seed: seed,
		}
		excerpt, res, err := shrink.Whole(simulated(t), test)
		require.NoError(t, err)
		test.Excerpt = excerpt
		again, err := sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, res.Hash, again.Hash)
	}
}

// If it is told to stop, it returns the smallest run until then.
func TestInterrupted(t *testing.T) {
	test := harness.Test{
		Workload: "broadcast", Program: harness.InProcess(baselines.Star), Rate: 10, TimeLimit: 10 * time.Second, NemesisInterval: time.Second,
		Nemesis: []string{"kill"}, Seed: 1,
	}
	ctx, stop := context.WithCancel(t.Context())
	o := simulated(t)
	before := 0
	o.Progress = func(runs int, best harness.Test) {
		if before = runs; best.NodeCount > 0 {
			stop()
		}
	}
	small, err := shrink.Shrink(ctx, test, o)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, small.Result.Valid)
	require.Equal(t, before+1, small.Runs)
	require.Less(t, small.Test.NodeCount, 5)
	require.Equal(t, 10*time.Second, small.Test.TimeLimit, "there was no time to shorten it")
	require.Contains(t, small.Story(), "nodes 5 → ")
}
