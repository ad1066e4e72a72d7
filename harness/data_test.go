package harness

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/internal/notebook"
)

// notebookTest is a test of one process that is killed now and then, in virtual time. What it has acknowledged must survive.
func notebookTest(t *testing.T, args ...string) Test {
	test := virtual(program(t, "notebook", args...), "g-set")
	test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit = 1, 100, 50, 5*time.Second
	test.Nemesis, test.NemesisInterval = []string{"kill"}, 500*time.Millisecond
	return test
}

// A process that is killed finds in GLOMERS_DATA what it has synced, wherever it runs.
func TestDataSurvivesKills(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Test){
		"no store":          func(*Test) {},
		"store":             func(test *Test) { test.Store = t.TempDir() },
		"working directory": func(test *Test) { test.Cwd = t.TempDir() },
		"real time":         func(test *Test) { test.Virtual, test.limits.recovery = false, 500*time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := notebookTest(t)
			change(&test)
			res, err := Run(t.Context(), test)
			require.NoError(t, err)
			require.Equal(t, check.Valid, res.Valid, res.Reasons)
			require.Positive(t, res.Nemesis.InForce["kill"])
			if test.Store != "" {
				require.FileExists(t, filepath.Join(res.Dir, "work/n0/n0.store"))
			}
			if test.Cwd != "" {
				left, err := os.ReadDir(test.Cwd)
				require.NoError(t, err)
				require.Empty(t, left)
			}
		})
	}
}

// Each run begins with empty directories, and a process that keeps nothing loses what it has acknowledged.
func TestForgetfulProcess(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), notebookTest(t, "forgets"))
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
}

// Nodes in this process have disks that survive kills in real time, too.
func TestDisksInRealTime(t *testing.T) {
	t.Parallel()
	test := quick("g-set", InProcess(notebook.Serve(notebook.None)))
	test.Concurrency, test.TimeLimit = 200, 1500*time.Millisecond
	test.Nemesis, test.NemesisInterval, test.limits.call = []string{"kill", "disk"}, 150*time.Millisecond, time.Second
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Disks.Syncs)
	require.Positive(t, res.Disks.SyncsPerOp)
	require.Len(t, res.Disks.Nodes, 3)
}
