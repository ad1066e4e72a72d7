package sim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/kafka"
	"glomers/node"
)

// failing returns test with the first seed whose run fails.
func failing(t *testing.T, test harness.Test) harness.Test {
	t.Helper()
	for test.Seed = 1; test.Seed <= 20; test.Seed++ {
		if res, err := Run(t, test); failure(res, err) != "" {
			return test
		}
	}
	require.Fail(t, "no seed fails")
	return test
}

// A value that was lost because it was sent only once: one broadcast, one fault, and the reads that miss the value.
func TestShrinkLostBroadcast(t *testing.T) {
	for _, fault := range []string{"partition", "loss", "kill"} {
		t.Run(fault, func(t *testing.T) {
			test := failing(t, broadcast(withoutRetry, fault))
			small, err := Shrink(t, test)
			require.NoError(t, err)
			t.Log(small)
			require.Equal(t, check.Invalid, small.Result.Workload.Verdict())
			require.LessOrEqual(t, small.Ops(), 2)
			require.Equal(t, 1, small.Faults())
			require.LessOrEqual(t, small.Test.NodeCount, 3)
			require.LessOrEqual(t, small.Runs, maxRuns)

			again, err := Run(t, small.Test)
			require.NoError(t, err)
			require.Equal(t, small.Result.Hash, again.Hash)
		})
	}
}

// An excerpt that keeps everything is the run itself.
func TestWholeExcerptIsTheRun(t *testing.T) {
	for seed := range uint64(10) {
		test := broadcast(wellBehaved, "partition", "loss", "duplicate", "reorder", "slow", "pause", "kill", "skew")
		test.Seed = seed
		record, res, err := watch(t, test)
		require.NoError(t, err)
		s := &shrinker{t: t, test: test}
		test.Excerpt = s.whole(record).of(test).Excerpt
		again, err := Run(t, test)
		require.NoError(t, err)
		require.Equal(t, res.Hash, again.Hash)
	}
}

// A run in which a node breaks the protocol is reduced to the cause of that.
func TestShrinkBroken(t *testing.T) {
	test := echo(func(n *node.Node, text string) {
		if strings.HasPrefix(text, `"Please echo 1`) {
			_ = node.Notify(n, "n99", "hello", struct{}{})
		}
	})
	test.Nemesis = []string{"pause"}
	small, err := Shrink(t, test)
	require.NoError(t, err)
	require.Equal(t, 1, small.Ops())
	require.Zero(t, small.Faults())
	var broken *harness.NodeError
	require.ErrorAs(t, small.Err, &broken)
	require.Contains(t, small.String(), "broken\n")
	require.Contains(t, small.String(), "sent a message to nobody")
}

// The complaint of the small run is the original one: availability, not that there was no fault.
func TestShrinkKeepsTheComplaint(t *testing.T) {
	test := echo(func(*node.Node, string) {})
	test.Nemesis, test.Availability = []string{"pause"}, "total"
	small, err := Shrink(t, failing(t, test))
	require.NoError(t, err)
	require.Equal(t, 1, small.Ops())
	require.Equal(t, 1, small.Faults())
	require.Equal(t, check.Invalid, small.Result.Availability.Verdict())
}

func TestShrinkRefuses(t *testing.T) {
	_, err := Shrink(t, echo(func(*node.Node, string) {}))
	require.EqualError(t, err, "sim: seed 1 does not fail, so there is nothing to shrink")
	_, err = Shrink(t, harness.Test{Workload: "echo"})
	require.ErrorContains(t, err, "sim: cannot shrink what is no node's fault: harness: no program")
}

func TestDdmin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := make([]int, rapid.IntRange(0, 60).Draw(t, "length"))
		for i := range list {
			list[i] = i
		}
		guilty := rapid.SliceOfNDistinct(rapid.IntRange(0, 59), 0, 6, rapid.ID[int]).Draw(t, "guilty")
		slices.Sort(guilty)
		tries := 0
		fails := func(part []int) bool {
			tries++
			for _, g := range guilty {
				if !slices.Contains(part, g) {
					return false
				}
			}
			return true
		}
		if !fails(list) {
			t.Skip("not all of them are in the list")
		}
		require.Equal(t, guilty, append([]int{}, ddmin(list, fails)...))
		require.Less(t, tries, 60*60/2)
	})
}

// If a failure needs any two elements, two are left.
func TestDdminOfAlternatives(t *testing.T) {
	list := []int{1, 2, 3, 4, 5, 6, 7}
	require.Len(t, ddmin(list, func(part []int) bool { return len(part) >= 2 }), 2)
}

func TestBisect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		high := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "high"))
		limit := time.Duration(rapid.Int64Range(0, int64(high)).Draw(t, "limit"))
		got := bisect(0, high, func(d time.Duration) bool {
			require.Less(t, d, high)
			require.Zero(t, d%precision)
			return d >= limit
		})
		require.GreaterOrEqual(t, got, limit)
		require.LessOrEqual(t, got-limit, 2*precision)
	})
}

// A run with another kind of anomaly is not a smaller form of the same failure.
func TestAnotherAnomalyIsAnotherComplaint(t *testing.T) {
	found := func(kinds ...string) harness.Result {
		return harness.Result{Judgement: harness.Judgement{Workload: &kafka.Result{Valid: check.Invalid, BadErrorTypes: kinds}}}
	}
	c, ok := complaintOf(found("int-poll-skip", "lost-write"), nil)
	require.True(t, ok)
	require.True(t, c.repeated(found("lost-write", "poll-skip"), nil))
	require.False(t, c.repeated(found("empty-transaction-graph"), nil))
}
