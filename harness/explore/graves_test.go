package explore_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness/explore"
	"glomers/internal/graveyard"
	"glomers/node"
)

// buried is an environment variable with the name of a node.
const buried = "GLOMERS_TEST_BURIED"

// A failing execution is buried, repeated first, and found to be repaired.
func TestGraves(t *testing.T) {
	if name := os.Getenv(buried); name != "" {
		program := map[string]func(*node.Node){"broken": mutant("broadcast-no-retry"), "repaired": baselines.Flooding}[name]
		explore.Explore(t, explore.Scope{Program: program, Workload: "broadcast", Given: values[:1], Losses: 1})
		return
	}
	binary, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir() // takes the place of the package's directory
	require.NoError(t, os.WriteFile(dir+"/graves_test.go", []byte("package explore\n\nfunc TestGraves(t *testing.T) {}\n"), 0o600))
	t.Chdir(dir)
	run := func(node string, fails bool, flags ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"-test.run", "^TestGraves$", "-test.v"}, flags...)...)
		cmd.Env = append(os.Environ(), buried+"="+node)
		out, err := cmd.CombinedOutput()
		require.Equal(t, fails, err != nil, "%s", out)
		return string(out)
	}

	require.Contains(t, run("broken", true, "-bury", "1f2e3d4"), "buried in testdata")
	graves, err := graveyard.Read(graveyard.Dir)
	require.NoError(t, err)
	require.Len(t, graves, 1)
	require.Contains(t, graves[0].Fails, "is missing from the read")
	require.Contains(t, run("broken", true), graves[0].File+" fails again, as it did at commit 1f2e3d4: value 1")
	require.Contains(t, run("repaired", false), "1 execution of testdata/graveyard repeated")

	g := graves[0]
	for decisions, want := range map[string]string{"99.1": "decision 99 never came up", "0.99": "decision 0 is 99, but there are"} {
		g.Decisions = decisions
		path, err := graveyard.Bury(graveyard.Dir, g)
		require.NoError(t, err)
		require.Regexp(t, "cannot be repeated.*"+want, run("repaired", true))
		require.NoError(t, os.Remove(path))
	}
	g.Seed, g.Decisions = 1, "network/n0/n1/loss:3.1"
	_, err = graveyard.Bury(graveyard.Dir, g)
	require.NoError(t, err)
	require.Contains(t, run("repaired", true), "want the decisions of an explored execution, without a seed")
}
