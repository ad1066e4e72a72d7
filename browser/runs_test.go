package browser

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/baselines/mutants"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/network"
	"glomers/harness/sim"
)

// baseline returns the program of a baseline.
func baseline(t *testing.T, name string) harness.Program {
	t.Helper()
	all := baselines.All()
	i := slices.IndexFunc(all, func(b baselines.Baseline) bool { return b.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return harness.InProcess(all[i].Register)
}

// simulate runs a test in virtual time, which takes hardly any real time, and returns its files.
func simulate(t *testing.T, test harness.Test) (dir string, res harness.Result) {
	t.Helper()
	if test.Store == "" {
		test.Store = t.TempDir()
	}
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	return res.Dir, res
}

// partitioned is a broadcast on a network that is partitioned now and then.
func partitioned(t *testing.T) harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: baseline(t, "flooding"), NodeCount: 5, Rate: 10, TimeLimit: 20 * time.Second,
		Latency: 50 * time.Millisecond, LatencyDist: network.Exponential,
		Nemesis: []string{"partition"}, NemesisInterval: 4 * time.Second, Seed: 1,
	}
}

// mutant returns the program of a node that is broken on purpose.
func mutant(t *testing.T, name string) harness.Program {
	t.Helper()
	all := mutants.All()
	i := slices.IndexFunc(all, func(m mutants.Mutant) bool { return m.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return harness.InProcess(all[i].Register)
}

// failing returns the files of a run in which nodes pass each value on only once, so that partitions lose values.
func failing(t *testing.T, store string) (dir string) {
	t.Helper()
	test := partitioned(t)
	test.Program, test.Store = mutant(t, "broadcast-no-retry"), store
	dir, res := simulate(t, test)
	require.Equal(t, check.Invalid, res.Valid)
	return dir
}

// report returns the address of the report in a directory.
func report(dir string) string { return "file://" + filepath.Join(dir, "report.html") }
