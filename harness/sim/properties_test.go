package sim

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/node"
)

// A hoarder sends each value to all nodes three times, and is meant to store it once. If it is careless, it stores what comes; reads have
// each value once all the same, so no client notices.
func hoarder(careless bool) func(n *node.Node) {
	return func(n *node.Node) {
		once := node.Always(n, "no value is stored twice")
		known := node.Sometimes(n, "a value comes that is known")
		stored := node.Extremes(n, "values")
		g := newGossiper(n)
		var store []int
		keep := func(v int) {
			before := len(store)
			known.Check(g.has[v])
			if careless || !g.has[v] {
				store = append(store, v)
			}
			g.add(v)
			once.Check(len(store) == len(g.values), slog.Int("value", v), slog.Int("before", before))
			stored.See(float64(len(store)))
		}
		g.learnt = func(v int) {
			if len(store) < len(g.values) {
				store = append(store, v)
			}
			for _, peer := range g.peers() {
				for range 3 {
					_ = node.Notify(n, peer, "value", valueBody{v}) // a node in memory has no broken output
				}
			}
		}
		node.Receive(n, "value", func(_ context.Context, b valueBody) { keep(b.Message) })
	}
}

// A mistake that no client can notice is caught by an Always, and nothing else: without it, the runs are valid.
func TestOnlyAnAlwaysCatches(t *testing.T) {
	broken := Scenario{Test: broadcast(hoarder(true)), Seeds: 1}
	Catch(t, broken, `always "no value is stored twice" did not hold at n`)

	res, err := Run(t, broken.Test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Workload.Verdict())
	require.Len(t, res.Reasons, 1)
	require.Regexp(t, `\(\d+ in all\)\n\{"value":\d+,"before":\d+\}$`, res.Reasons[0])

	right := Check(t, broadcast(hoarder(false)))
	require.True(t, right.Properties[1].Happened(), "a sometimes")

	small, err := Shrink(t, broken.Test)
	require.NoError(t, err)
	require.Len(t, small.Test.Excerpt.Ops, 1, "one value suffices")
}

// rare is an echo node that finds something out with one seed in some, by the node's random numbers.
func rare(oneIn int) harness.Test {
	test := echo(func(*node.Node, string) {})
	test.TimeLimit, test.Rate, test.NodeCount = time.Second, 1, 1
	test.Program = harness.InProcess(func(n *node.Node) {
		lucky := node.Sometimes(n, "lucky")
		never := node.Reachable(n, "nowhere")
		node.HandleRPC(n, "echo", func(_ context.Context, b echoBody) (echoBody, error) {
			lucky.Check(n.Rand().IntN(oneIn) == 0)
			if n.Rand().IntN(oneIn) == oneIn {
				never.Reach()
			}
			return b, nil
		})
	})
	return test
}

// A sweep ends when it has been quiet for long enough, at the same seed however many run at a time.
func TestUntilQuiet(t *testing.T) {
	s := Scenario{Test: rare(20)}
	seeds, err := chooseSeeds(0, 0, 30, 0)
	require.NoError(t, err)
	r := s.sweep(t, seeds, 30)
	require.True(t, r.Quiet)
	first := r.coverage.Properties[0].First
	require.Greater(t, first, uint64(1), "luck is needed")
	require.EqualValues(t, first+30, r.Seeds)
	require.Contains(t, r.String(), "0 failed, nothing new in the last 30; ")
	require.Equal(t, r.Seeds, s.sweep(t, seeds, 30).Seeds)

	r = s.sweep(t, seeds[:20], 30)
	require.False(t, r.Quiet, "there were too few")
	require.Equal(t, 20, r.Seeds)
}

// What never happened is logged, and fails the test if that is asked for.
func TestNever(t *testing.T) {
	if os.Getenv(inside) != "" {
		Test(t, Scenario{Name: "one", Test: rare(1)}, Scenario{Name: "two", Test: echo(func(*node.Node, string) {})})
		return
	}
	path, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(path, "-test.run", "^TestNever$", "-test.v", "-until-quiet", "2")
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "3 seeds, 0 failed, nothing new in the last 2")
	require.Contains(t, string(out), `1 of 2 properties seen in 5 runs; never reached: reachable "nowhere"`)
	require.Contains(t, failedOutput(t, "TestNever", "-seeds", "1", "-all-properties"), `-all-properties: in 2 runs, never reached: reachable "nowhere"`)
	require.Contains(t, failedOutput(t, "TestNever", "-seed", "1", "-until-quiet", "3"), "want one of them")
}
