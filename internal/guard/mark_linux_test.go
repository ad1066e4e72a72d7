package guard

import (
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// The mark finds a process that was being started when this process died, and of which the shell has not been told. It also
// finds a process that has left its group.
func TestMark(t *testing.T) {
	t.Parallel()
	var g Guard
	defer g.Close()
	first := sleeper()
	start(t, &g, first, "first")
	unknown := sleeper()
	unknown.Env = append(slices.Clip(unknown.Environ()), g.mark+"unknown")
	unknown.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	require.NoError(t, unknown.Start())
	others := exec.Command("sleep", "3600")
	others.Env = append(slices.Clip(others.Environ()), Variable+"=another.n1")
	require.NoError(t, others.Start())
	spared := ended(others)

	require.NoError(t, g.in.Close()) // as if this process had died
	requireEnd(t, ended(first))
	requireEnd(t, ended(unknown))
	require.NoError(t, syscall.Kill(others.Process.Pid, 0))
	require.NoError(t, others.Process.Kill())
	<-spared
}
