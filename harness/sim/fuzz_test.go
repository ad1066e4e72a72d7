package sim

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/choice"
)

// The node is broken, and the seed alone shows it.
func FuzzBroken(f *testing.F) {
	if os.Getenv(inside) == "" {
		f.Skip("skipped: TestFuzzFails runs it")
	}
	test := broadcast(withoutRetry, "partition")
	test.NodeCount, test.TimeLimit = 3, 5*time.Second
	Fuzz(f, test)
}

func TestFuzzFails(t *testing.T) {
	out := failedOutput(t, "FuzzBroken", "-shrink")
	require.Contains(t, out, "seed 1: invalid: value ")
	require.Contains(t, out, "broadcast, 3 nodes, 10 operations/s for 5s, faults: partition")
	require.Contains(t, out, "sim.Check(t, test)")
}

func TestTellRun(t *testing.T) {
	require.Equal(t, "seed 3", tellRun(harness.Test{Seed: 3}))
	require.Equal(t, "seed 3 with the decisions a:1.2", tellRun(harness.Test{Seed: 3, Choices: choice.Overrides{{Stream: "a", At: 1, Option: 2}}}))
}

// A strategy may be for one run only.
func TestStrategyIsForOneRun(t *testing.T) {
	test := broadcast(wellBehaved)
	test.Strategy = choice.Bytes(nil)
	require.Equal(t, errStrategy, Replay(t, test))
	_, err := Shrink(t, test)
	require.Equal(t, errStrategy, err)
	_, err = Scenario{Test: test}.prepare()
	require.Equal(t, errStrategy, err)
}

func TestChoicesFlag(t *testing.T) {
	if os.Getenv(inside) != "" {
		Test(t, Scenario{Name: "cut", Test: broadcast(withoutRetry, "partition")})
		return
	}
	run := func(flags ...string) string { return failedOutput(t, "TestChoicesFlag", flags...) }
	require.Contains(t, run("-choices", "workers:0.1"), "sim: -choices: want the -seed whose decisions they change, too")
	require.Contains(t, run("-seed", "1", "-choices", "workers"), `sim: -choices: choice: "workers": want STREAM:DECISION.OPTION`)
	require.Contains(t, run("-seed", "1", "-choices", "@nosuch"), "sim: -choices: choice: open nosuch")
	file := t.TempDir() + "/choices"
	require.NoError(t, os.WriteFile(file, []byte("workers:0.1\ngaps:1.0\n"), 0o644))
	out := run("-seed", "2", "-choices", "@"+file)
	require.Contains(t, out, "-seed 2 -choices '@"+file+"'")
	require.Contains(t, out, "seed 2 with the decisions gaps:1.0~workers:0.1 can be looked at if -artifacts is added")
}
