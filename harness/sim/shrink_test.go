package sim

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/choice"
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

// Of the decisions that differ from those of the seed, only the one that matters stays.
func TestShrinkChoices(t *testing.T) {
	fails := func(test harness.Test) bool {
		res, err := Run(t, test)
		require.NoError(t, err)
		return res.Valid == check.Invalid
	}
	test := broadcast(withoutRetry, "loss")
	test.NodeCount, test.TimeLimit = 2, 2*time.Second
	loss := choice.Override{Stream: "network/n0/n1/loss", At: 0, Option: 1}
	for test.Choices = nil; ; test.Seed++ {
		if !fails(test) {
			if test.Choices = (choice.Overrides{loss}); fails(test) {
				break
			}
			test.Choices = nil
		}
		require.Less(t, test.Seed, uint64(50), "every second seed is valid")
	}
	for at := range 6 {
		test.Choices = append(test.Choices, choice.Override{Stream: "network/n1/n0/latency", At: at, Option: 5})
	}
	require.True(t, fails(test))
	small, err := Shrink(t, test)
	require.NoError(t, err)
	require.Equal(t, choice.Overrides{loss}, small.Test.Choices)
	require.Contains(t, small.String(), "decisions that differ from those of the seed: 7 → 1, network/n0/n1/loss:0.1\n")
	require.Contains(t, small.String(), `test.Choices = choice.Overrides{choice.Override{Stream:"network/n0/n1/loss", At:0, Option:0x1}}`)
	again, err := Run(t, small.Test)
	require.NoError(t, err)
	require.Equal(t, small.Result.Hash, again.Hash)
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
	require.EqualError(t, err, "sim: shrink: seed 1 does not fail, so there is nothing to shrink")
	_, err = Shrink(t, harness.Test{Workload: "echo"})
	require.ErrorContains(t, err, "sim: shrink: cannot shrink what is no node's fault: harness: no program")
}

func TestCodeIsGo(t *testing.T) {
	s := Shrunk{Test: harness.Test{Seed: 7, NodeCount: 2, TimeLimit: 1234567, Nemesis: []string{"kill"}, Excerpt: &harness.Excerpt{
		Ops: []int{3, 8}, Faults: []harness.FaultWindow{{Name: "kill", Start: 1, Begin: time.Second, End: 1500 * time.Millisecond}},
	}}}
	code := s.code()
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+code+"}\n", 0)
	require.NoError(t, err, code)
	require.Contains(t, code, "1234567 * time.Nanosecond")
	require.Contains(t, code, `{Name: "kill", Start: 1, Begin: 1000 * time.Millisecond, End: 1500 * time.Millisecond},`)
	require.Contains(t, code, "Ops: []int{3, 8},")
}
