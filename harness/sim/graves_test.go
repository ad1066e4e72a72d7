package sim

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/graveyard"
)

// buried is an environment variable with the name of a node.
const buried = "GLOMERS_TEST_BURIED"

func TestGraves(t *testing.T) {
	if name := os.Getenv(buried); name != "" {
		nodes := map[string]Scenario{
			"broken":   {Name: "cut", Test: broadcast(withoutRetry, "partition")},
			"repaired": {Name: "cut", Test: broadcast(wellBehaved, "partition"), Seeds: 1},
		}
		Test(t, nodes[name])
		return
	}
	dir := t.TempDir() // takes the place of the package's directory
	require.NoError(t, os.WriteFile(dir+"/graves_test.go", []byte("package sim\n\nfunc TestGraves(t *testing.T) {}\n"), 0o644))
	t.Chdir(dir)
	run := func(node string, fails bool, flags ...string) string {
		t.Setenv(buried, node)
		return outputOf(t, fails, "TestGraves", flags...)
	}

	require.Contains(t, run("broken", true, "-seed", "2", "-bury", "HEAD"), `graveyard: commit "HEAD"`)
	out := run("broken", true, "-seed", "2", "-bury", "1f2e3d4")
	require.Contains(t, out, "buried in testdata")
	graves, err := graveyard.Read(graveyard.Dir)
	require.NoError(t, err)
	require.Len(t, graves, 1)
	require.Equal(t, "TestGraves/cut", graves[0].Test)
	require.Equal(t, uint64(2), graves[0].Seed)
	require.Equal(t, "0", graves[0].Decisions)
	require.Contains(t, graves[0].Fails, "is missing from the read")

	out = run("broken", true, "-seeds", "1")
	require.Contains(t, out, graves[0].File+" fails again, as it did at commit 1f2e3d4: invalid: value ")
	out = run("repaired", false, "-test.v")
	require.Contains(t, out, "1 run of testdata/graveyard repeated")

	g := graves[0]
	g.Seed = 0
	_, err = graveyard.Bury(graveyard.Dir, g)
	require.NoError(t, err)
	require.Contains(t, run("repaired", true), ": want the seed and the decisions of a simulated run")
}
