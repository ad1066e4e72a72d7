package harness

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// notebookTest is a test of one process that is killed now and then. What it has acknowledged must survive.
func notebookTest(t *testing.T, args ...string) Test {
	test := quick("g-set", program(t, "notebook", args...))
	test.NodeCount, test.TimeLimit, test.Nemesis, test.NemesisInterval = 1, 2*time.Second, []string{"kill"}, 200*time.Millisecond
	test.Concurrency, test.limits.call = 5, 300*time.Millisecond
	return test
}

// A process that is killed finds in GLOMERS_DATA what it has synced, wherever it runs.
func TestDataSurvivesKills(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Test){
		"":                    func(*Test) {},
		"store":               func(test *Test) { test.Store = t.TempDir() },
		"working directory":   func(test *Test) { test.Cwd = t.TempDir() },
		"virtual":             func(test *Test) { test.Virtual, test.TimeLimit = true, 5*time.Second },
		"virtual, in a store": func(test *Test) { test.Virtual, test.TimeLimit, test.Store = true, 5*time.Second, t.TempDir() },
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
	for _, virtual := range []bool{false, true} {
		test := notebookTest(t, "forgets")
		test.Virtual = virtual
		res, err := Run(t.Context(), test)
		require.NoError(t, err)
		require.Equal(t, check.Invalid, res.Valid)
	}
}
