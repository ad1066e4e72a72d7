package cli

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Ctrl-C ends an exploration of programs with what was covered, and leaves no process and no file behind.
func TestInterruptedExploration(t *testing.T) {
	t.Parallel()
	g := startGlomers(t, nil, "explore", "-w", "broadcast", "--operations", "20", "--kills", "2", "--duplicates", "3",
		"--bin", os.Args[0], "--", asGlomers, "node", "flooding")
	require.Eventually(t, func() bool { return strings.Contains(g.said(), "exploring") }, time.Minute, 10*time.Millisecond)
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.ErrorAs(t, g.cmd.Wait(), &exit)
	require.Equal(t, statusBroken, exit.ExitCode(), g.said())
	require.Contains(t, g.said(), "\nunknown: broadcast, 3 nodes, 20 operations of 3 clients, ")
	require.Regexp(t, `exhausted +no: it was interrupted\n`, g.said())
	require.Contains(t, g.said(), "glomers: interrupted")
	left, err := os.ReadDir(g.temp)
	require.NoError(t, err)
	require.Empty(t, left)
}
