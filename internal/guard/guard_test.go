package guard

import (
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The guard must not kill anybody after it was closed.
func TestGuard(t *testing.T) {
	t.Parallel()
	victim := exec.Command("sleep", "3600")
	victim.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, victim.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = victim.Wait() // killed
	}()

	var g Guard
	g.Close() // without having begun
	require.NoError(t, g.Add(victim.Process.Pid))
	g.Close()
	require.NoError(t, syscall.Kill(victim.Process.Pid, 0))

	require.NoError(t, g.Add(1<<22+1)) // a group that does not exist does not save the others
	require.NoError(t, g.Add(victim.Process.Pid))
	require.NoError(t, g.in.Close()) // as if this process had died
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		_ = victim.Process.Kill()
		require.Fail(t, "the guard did not kill")
	}
	g.Close()
}
