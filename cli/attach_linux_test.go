package cli

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A run that waits for a debugger ends at an interrupt, with its nodes. Its stdin is empty, so that nobody can press Enter.
func TestInterruptedAttach(t *testing.T) {
	t.Parallel()
	mine := token()
	g := startGlomers(t, nil, "test", "-w", "echo", "--node-count", "2", "--attach", "n0", "--init-timeout", "0.1", "--store", t.TempDir(), "--bin", "sleep", "--", mine)
	require.Eventually(t, func() bool { return strings.Contains(g.said(), "waiting for a debugger") }, time.Minute, 10*time.Millisecond)
	requireSleepers(t, mine, 2)
	require.Contains(t, g.said(), "machine code): gdb -p ")
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.ErrorAs(t, g.cmd.Wait(), &exit)
	require.Equal(t, statusBroken, exit.ExitCode(), g.said())
	require.Contains(t, g.said(), "interrupted")
	requireSleepers(t, mine, 0)
}
