package guard

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCgroupPath(t *testing.T) {
	t.Parallel()
	const (
		unified = "25 30 0:23 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
		hybrid  = "40 31 0:37 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
		bound   = "41 31 0:38 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
	)
	for _, c := range []struct{ own, mounts, want string }{
		{"0::/user.slice/a.scope\n", unified, "/sys/fs/cgroup/user.slice/a.scope"},
		{"8:pids:/x\n0::/\n", hybrid, "/sys/fs/cgroup/unified"},
		{"0::/docker/abc/d\n", bound, "/sys/fs/cgroup/d"},
		{"0::/docker/abcd\n", bound, ""},
		{"8:pids:/x\n", hybrid, ""},
		{"0::/x\n", "", ""},
		{"", unified, ""},
	} {
		require.Equal(t, c.want, cgroupPath(c.own, c.mounts), "%q", c.own)
	}
}

// naked starts a process that clears its environment, starts a session and forks twice, so that only its control group
// identifies it. It writes its id to a file.
func naked(t *testing.T, g *Guard) (pid int) {
	t.Helper()
	if cgroupParent() == "" {
		t.Skip("skipped: no control group can be made here")
	}
	setsid, err := exec.LookPath("setsid")
	if err != nil {
		t.Skipf("skipped: %v", err)
	}
	file := t.TempDir() + "/pid"
	cmd := exec.Command("/bin/sh", "-c", `env -i `+setsid+` /bin/sh -c '(/bin/sleep 3600 & echo $! >"$0") &' "$0"; sleep 3600`, file)
	start(t, g, cmd, "n1")
	go func() { _ = cmd.Wait() }() // it was killed
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(file)
		pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		environ, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		return err == nil && strings.HasPrefix(string(environ), "/bin/sleep")
	}, time.Minute, time.Millisecond)
	require.NotContains(t, string(read(pid, "environ")), Variable)
	return pid
}

// gone reports whether the process has ended; it may be a zombie.
func gone(pid int) bool { return len(read(pid, "cmdline")) == 0 }

// A process without the mark is found by its control group, which is removed with the guard.
func TestCgroupCollects(t *testing.T) {
	t.Parallel()
	var g Guard
	defer g.Close()
	pid := naked(t, &g)
	for group := range g.groups {
		require.NoError(t, exec.Command("/bin/sh", "-c", "kill -s KILL -- -"+strconv.Itoa(group)).Run())
	}
	require.Contains(t, g.Collect(), Stray{pid, "", "/bin/sleep 3600", true}) // the shell that started it may still be ending
	require.True(t, gone(pid))
	path := g.cgroup.path
	g.Close()
	require.NoDirExists(t, path)
}

// The same holds if this process dies.
func TestCgroupEndsWithUs(t *testing.T) {
	t.Parallel()
	var g Guard
	defer g.Close()
	pid := naked(t, &g)
	require.NoError(t, g.in.Close()) // as if this process had died
	require.Eventually(t, func() bool { return gone(pid) }, time.Minute, time.Millisecond)
	path := g.cgroup.path
	require.NoError(t, g.cmd.Wait())
	require.NoDirExists(t, path)
}
