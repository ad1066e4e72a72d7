package sim

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func TestChooseSeeds(t *testing.T) {
	for _, c := range []struct {
		name               string
		seed               uint64
		seeds, quiet, wish int
		count              int
		first              uint64
	}{
		{name: "default", count: defaultSeeds / thinning(), first: 1},
		{name: "of the scenario", wish: 40, count: 40 / thinning(), first: 1},
		{name: "flag", seeds: 7, wish: 3, count: 7, first: 1},
		{name: "until it is quiet", quiet: 5, wish: 3, count: quietSeeds, first: 1},
		{name: "until it is quiet, at most", quiet: 5, seeds: 7, count: 7, first: 1},
		{name: "one", seed: 42, seeds: 7, wish: 3, count: 1, first: 42},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds, err := chooseSeeds(c.seed, c.seeds, c.quiet, c.wish)
			require.NoError(t, err)
			require.Len(t, seeds, c.count)
			require.Equal(t, c.first, seeds[0])
		})
	}
	_, err := chooseSeeds(0, -1, 0, 0)
	require.EqualError(t, err, "sim: -seeds -1: want at least 1")
	_, err = chooseSeeds(0, 0, -1, 0)
	require.EqualError(t, err, "sim: -until-quiet -1: want at least 1")
	_, err = chooseSeeds(7, 0, 5, 0)
	require.ErrorContains(t, err, "sim: -until-quiet is for many seeds, and -seed is for one")
}

// Failures are reported in the order of their seeds, independent of the order in which they were run; after too many failures,
// the rest is not run.
func TestSweepStops(t *testing.T) {
	s := Scenario{Test: broadcast(withoutRetry, "partition")}
	s.Test.NemesisInterval = 500 * time.Millisecond // nearly every seed fails
	seeds, err := chooseSeeds(0, 10*maxFailures, 0, 0)
	require.NoError(t, err)
	r := s.sweep(t, seeds, 0)
	require.Len(t, r.Failures, maxFailures)
	require.Equal(t, len(seeds), r.Seeds+r.LeftOut)
	require.Positive(t, r.LeftOut)
	for i := 1; i < len(r.Failures); i++ {
		require.Less(t, r.Failures[i-1].Seed, r.Failures[i].Seed)
	}
	require.Contains(t, r.String(), "were left out")
}

func TestReport(t *testing.T) {
	s := Scenario{Test: broadcast(wellBehaved, "partition")}
	r := s.sweep(t, []uint64{1, 2, 3}, 0)
	require.Equal(t, 3, r.Seeds)
	require.Empty(t, r.Failures)
	require.GreaterOrEqual(t, r.Virtual, 3*20*time.Second) // the main phase and the recovery
	require.Positive(t, r.Operations)
	require.Greater(t, r.Messages, r.Operations)
	require.Positive(t, r.Faults)
	require.Positive(t, r.Dropped)

	var total Report
	total.add(r)
	total.add(r)
	require.Equal(t, 2*r.Messages, total.Messages)
	require.Equal(t, 6, total.Seeds)
}

// mainOps counts the operations that were invoked before the final phase.
func mainOps(ops []history.Op) int {
	n := 0
	for _, op := range ops {
		if op.Type == history.Invoke && !op.Final {
			n++
		}
	}
	return n
}

// inside is an environment variable. It makes a test run the failing code itself, instead of starting another process that does.
const inside = "GLOMERS_TEST_INSIDE"

// failedOutput runs only the test with this name in another process, which must fail, and returns its output.
func failedOutput(t *testing.T, name string, flags ...string) string {
	t.Helper()
	return outputOf(t, true, name, flags...)
}

// outputOf runs only the test with this name in another process, and returns its output.
func outputOf(t *testing.T, fails bool, name string, flags ...string) string {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(path, append([]string{"-test.run", "^" + name + "$"}, flags...)...)
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	require.Equal(t, fails, err != nil, "%v: %s", err, out)
	return string(out)
}

func TestFailingSweep(t *testing.T) {
	if os.Getenv(inside) != "" {
		Test(t, Scenario{Name: "cut (often)", Test: broadcast(withoutRetry, "partition")})
		return
	}
	run := func(flags ...string) string { return failedOutput(t, "TestFailingSweep", flags...) }

	out := run("-seeds", "8", "-shrink")
	require.Contains(t, out, "8 seeds, ")
	require.Contains(t, out, "invalid: value ")
	require.Contains(t, out, "broadcast, 5 nodes, 10 operations/s for 10s, faults: partition")
	require.Contains(t, out, `again: go test ./harness/sim -run '^TestFailingSweep$/^cut_\(often\)$' -seed 1`)
	require.Contains(t, out, "nodes 5 → 2")
	require.Contains(t, out, "sim.Check(t, test)")

	out = run("-seed", "2")
	require.Contains(t, out, "1 seed, 1 failed")
	require.NotContains(t, out, "nodes 5 →")
	require.Contains(t, out, "seed 2 can be looked at if -artifacts is added")

	kept := t.TempDir()
	out = run("-seed", "2", "-test.artifacts", "-test.outputdir", kept)
	require.Contains(t, out, "seed 2 to look at: ")
	reports, err := filepath.Glob(kept + "/_artifacts/*/broadcast/*/results.json")
	require.NoError(t, err)
	require.Len(t, reports, 1)

	kept = t.TempDir()
	out = run("-seed", "2", "-shrink", "-test.artifacts", "-test.outputdir", kept)
	require.Contains(t, out, "seed 2, shrunk, to look at: ")
	small, err := filepath.Glob(kept + "/_artifacts/*/shrunk/broadcast/*/report.html")
	require.NoError(t, err)
	require.Len(t, small, 1)
	ops, err := history.ReadFile(filepath.Join(filepath.Dir(small[0]), "history.jsonl"))
	require.NoError(t, err)
	require.Contains(t, out, fmt.Sprintf("→ %d, faults", mainOps(ops)))
	require.Contains(t, run("-seeds", "-1"), "sim: -seeds -1: want at least 1")
}

// A scenario that is for sweeps alone says so, and is simulated with either flag.
func TestSweepOnly(t *testing.T) {
	if os.Getenv(inside) != "" {
		Test(t, Scenario{Name: "cut", Test: broadcast(withoutRetry, "partition"), Sweep: true})
		return
	}
	path, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(path, "-test.run", "^TestSweepOnly$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "skipped: only with -seeds, -until-quiet or -seed")
	require.Contains(t, failedOutput(t, "TestSweepOnly", "-seeds", "1"), "1 seed, 1 failed")
	require.Contains(t, failedOutput(t, "TestSweepOnly", "-seed", "1"), "1 seed, 1 failed")
}

func TestUnrulyNodesFail(t *testing.T) {
	if os.Getenv(inside) != "" {
		Test(t, Scenario{Name: "map", Test: broadcast(mapOrder)})
		return
	}
	out := failedOutput(t, "TestUnrulyNodesFail", "-seeds", "1")
	require.Contains(t, out, "seed 1 gives different runs, whose journals have the hashes ")
	require.Contains(t, out, "again: go test ./harness/sim -run '^TestUnrulyNodesFail$/^map$' -seed 1")
}

func TestLesserScenariosAreCovered(t *testing.T) {
	with := func(faults ...string) (s Scenario) {
		s.Test.Nemesis = faults
		return s
	}
	all := []Scenario{with(), with("loss"), with("kill"), with("loss", "pause"), with("loss", "pause", "skew")}
	var covered []bool
	for _, s := range all {
		covered = append(covered, s.covered(all))
	}
	require.Equal(t, []bool{true, true, false, false, false}, covered)
	require.False(t, with().covered(all[:1]))
}

func TestCatch(t *testing.T) {
	broken := Scenario{Test: broadcast(withoutRetry, "partition"), Seeds: 5}
	Catch(t, broken, "is missing from the read")
	if os.Getenv(inside) != "" {
		Catch(t, broken, "was repeated")
		Catch(t, Scenario{Test: broadcast(wellBehaved), Seeds: 2}, "")
		return
	}
	out := failedOutput(t, "TestCatch")
	require.Regexp(t, `seed \d: want a reason with "was repeated": invalid: value`, out)
	require.Contains(t, out, "none of the seeds up to 2 catches the mistake\n")
}
