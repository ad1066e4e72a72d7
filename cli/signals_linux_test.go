package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A glomers is a process of this program.
type glomers struct {
	cmd  *exec.Cmd
	temp string // the directory for its temporary files
	mu   sync.Mutex
	out  bytes.Buffer // stdout and stderr
}

// Write implements io.Writer.
func (g *glomers) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out.Write(b)
}

func (g *glomers) said() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out.String()
}

// startGlomers starts the program with a directory for temporary files that is removed at the end of the test. The command
// is prefixed with wrapper.
func startGlomers(t *testing.T, wrapper []string, args ...string) *glomers {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	words := append(append(wrapper, path, asGlomers), args...)
	g := &glomers{cmd: exec.Command(words[0], words[1:]...)}
	g.temp = t.TempDir()
	g.cmd.Env = append(os.Environ(), "TMPDIR="+g.temp)
	g.cmd.Stdout, g.cmd.Stderr = g, g
	g.cmd.WaitDelay = time.Minute
	require.NoError(t, g.cmd.Start())
	t.Cleanup(func() {
		_ = g.cmd.Process.Kill() // the process may have ended
		_ = g.cmd.Wait()
	})
	return g
}

// A token is an argument of sleep that no other process uses, so that a test can find its own processes.
func token() string { return fmt.Sprintf("3600.%018d", rand.Uint64N(1e18)) }

// sleepers returns the processes that sleep for the time in token.
func sleepers(t *testing.T, token string) (ids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range files {
		text, _ := os.ReadFile(file) // the process may have ended meanwhile
		if !strings.HasSuffix(string(text), "sleep\x00"+token+"\x00") {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		require.NoError(t, err)
		if running(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// requireSleepers waits until exactly want processes sleep. It kills any others.
func requireSleepers(t *testing.T, token string, want int) {
	t.Helper()
	var ids []int
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ids = sleepers(t, token); len(ids) == want {
			return
		}
	}
	for _, id := range ids {
		_ = syscall.Kill(id, syscall.SIGKILL) // the process may have ended meanwhile
	}
	require.Len(t, ids, want)
}

// Whichever signal asks the program to end, the program ends its nodes and reports that it was interrupted.
func TestSignalsEndTheNodes(t *testing.T) {
	// The parent of the test may ignore the signal, as nohup does. The processes that the test starts would then ignore it,
	// too.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangups) })
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			mine := token()
			g := startGlomers(t, nil, "test", "-w", "echo", "--node-count", "2", "--store", t.TempDir(), "--bin", "sleep", "--", mine)
			requireSleepers(t, mine, 2)
			require.NoError(t, g.cmd.Process.Signal(s))
			var exit *exec.ExitError
			require.ErrorAs(t, g.cmd.Wait(), &exit)
			require.Equal(t, statusBroken, exit.ExitCode(), g.said())
			require.Contains(t, g.said(), "interrupted")
			requireSleepers(t, mine, 0)
		})
	}
}

// Under nohup, the program does not react when the terminal closes.
func TestHangupIgnored(t *testing.T) {
	t.Parallel()
	mine := token()
	g := startGlomers(t, []string{"/bin/sh", "-c", `trap '' HUP; exec "$@"`, "sh"},
		"test", "-w", "echo", "--node-count", "1", "--store", t.TempDir(), "--bin", "sleep", "--", mine)
	requireSleepers(t, mine, 1)
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(g.cmd.Process.Pid), "status"))
	require.NoError(t, err)
	_, text, found := strings.Cut(string(status), "SigIgn:\t")
	require.True(t, found)
	ignored, err := strconv.ParseUint(text[:16], 16, 64)
	require.NoError(t, err)
	require.NotZero(t, ignored&(1<<(syscall.SIGHUP-1)), "SIGHUP is ignored still")
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGTERM))
	require.Error(t, g.cmd.Wait())
	requireSleepers(t, mine, 0)
}

// The temporary directory of a program that was killed is removed by the next program.
func TestTemporaryFilesOfTheKilled(t *testing.T) {
	mine := token() // without a store, nodes run in a temporary directory
	g := startGlomers(t, nil, "test", "-w", "echo", "--node-count", "1", "--store", "", "--bin", "sleep", "--", mine)
	requireSleepers(t, mine, 1)
	require.NoError(t, g.cmd.Process.Kill())
	require.Error(t, g.cmd.Wait())
	requireSleepers(t, mine, 0)
	left, err := os.ReadDir(g.temp)
	require.NoError(t, err)
	require.NotEmpty(t, left)

	t.Setenv("TMPDIR", g.temp)
	status, _, _ := execute("test", "-w", "echo", "--node-count", "1", "--store", "", "--bin", "false")
	require.Equal(t, statusBroken, status)
	left, err = os.ReadDir(g.temp)
	require.NoError(t, err)
	require.Empty(t, left)
}
