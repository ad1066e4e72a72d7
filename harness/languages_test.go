package harness

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// interpreter returns where one is that carries out args. Without it, the test is skipped.
func interpreter(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		err = exec.CommandContext(t.Context(), path, args...).Run()
	}
	if err != nil {
		t.Skipf("skipped: needs %s: %v", name, err)
	}
	return path
}

func TestPython(t *testing.T) {
	t.Parallel()
	python := interpreter(t, "python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")
	test := quick("broadcast", Binary(python, filepath.Join("testdata", "broadcast.py")))
	test.Nemesis, test.NemesisInterval = []string{"partition"}, 100*time.Millisecond
	test.limits.recovery = 3 * time.Second // its gossip takes a while, on a slow machine more
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Net.Servers.Messages)
}

func TestShell(t *testing.T) {
	t.Parallel()
	sh := interpreter(t, "sh", "-c", "true")
	res, err := Run(t.Context(), quick("echo", Binary(sh, filepath.Join("testdata", "echo.sh"))))
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.InDelta(t, 1, res.Availability.OKFraction, 0)
}
