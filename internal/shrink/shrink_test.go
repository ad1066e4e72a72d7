package shrink

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/kafka"
)

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
