package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Ctrl-C ends a sweep with what is known so far, and leaves nothing but whole runs behind.
func TestInterruptedSweep(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	g := startGlomers(t, nil, "sweep", "-w", "broadcast", "--node-count", "1", "--rate", "10", "--time-limit", "0.5", "--seeds", "100000",
		"--store", store, "--bin", os.Args[0], "--", asGlomers, "node", "broadcast-newest")
	require.Eventually(t, func() bool { return strings.Contains(g.said(), "seed 2: invalid") }, time.Minute, 10*time.Millisecond)
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.ErrorAs(t, g.cmd.Wait(), &exit)
	require.Equal(t, statusBroken, exit.ExitCode(), g.said())
	require.Regexp(t, `\n\d+ of 100000 seeds of broadcast in .*: \d+ invalid\n`, g.said())
	require.Contains(t, g.said(), "glomers: interrupted")
	left, err := os.ReadDir(g.temp)
	require.NoError(t, err)
	require.Empty(t, left)
	runs, err := filepath.Glob(filepath.Join(store, "broadcast", "*"))
	require.NoError(t, err)
	for _, dir := range runs {
		require.FileExists(t, filepath.Join(dir, "report.html"))
	}
}
