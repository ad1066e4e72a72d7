//go:build unix

package guard

import (
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sleeper returns a command that runs longer than any test.
func sleeper() *exec.Cmd { return exec.Command("sleep", "3600") }

// start starts a command.
func start(t *testing.T, g *Guard, cmd *exec.Cmd, label string) *Group {
	t.Helper()
	group, err := g.Start(cmd, label)
	require.NoError(t, err)
	return group
}

// ended returns a channel that is closed when cmd has ended.
func ended(cmd *exec.Cmd) chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // it was killed
	}()
	return done
}

func requireEnd(t *testing.T, done chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		require.Fail(t, "the guard did not kill")
	}
}

// The guard kills its processes when this process dies, and kills nothing after it was closed.
func TestGuard(t *testing.T) {
	t.Parallel()
	var g Guard
	g.Close() // before the first Start
	spared := sleeper()
	start(t, &g, spared, "spared")
	done := ended(spared)
	cgroup := g.cgroup
	g.Close()
	require.NoError(t, syscall.Kill(spared.Process.Pid, 0))

	first, second := sleeper(), sleeper()
	start(t, &g, first, "first")
	require.NoError(t, syscall.Kill(first.Process.Pid, syscall.SIGKILL))
	requireEnd(t, ended(first)) // a group that does not exist does not save the others
	start(t, &g, second, "second")
	require.NoError(t, g.in.Close()) // as if this process had died
	requireEnd(t, ended(second))
	require.NoError(t, syscall.Kill(spared.Process.Pid, 0))
	require.NoError(t, spared.Process.Kill())
	<-done
	cgroup.remove()
	g.Close()
}

// After a command that cannot be started, the guard still works. The error is that of exec.
func TestStartFails(t *testing.T) {
	t.Parallel()
	var g Guard
	defer g.Close()
	cmd := exec.Command("/no/such/program")
	_, err := g.Start(cmd, "nobody")
	require.ErrorIs(t, err, syscall.ENOENT)
	require.NotErrorIs(t, err, ErrGuard)
	there := sleeper()
	start(t, &g, there, "there")
	require.NoError(t, there.Process.Kill())
	<-ended(there)
}
