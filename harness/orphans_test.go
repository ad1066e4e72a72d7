//go:build unix

package harness

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// A token is an argument of sleep that no other process has, so that a test can find its own processes.
func token() string { return fmt.Sprintf("3600.%018d", rand.Uint64N(1e18)) }

// withToken returns the processes that have the token among their arguments, and have not ended.
func withToken(t *testing.T, token string) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var pids []int
	for _, file := range files {
		text, _ := os.ReadFile(file) // it may have ended meanwhile
		arguments := strings.Split(string(text), "\x00")
		if arguments[0] != "sleep" || len(arguments) < 2 || arguments[1] != token {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		require.NoError(t, err)
		if running(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// requireNone fails unless all processes with the token end; it kills those that do not.
func requireNone(t *testing.T, token string) {
	t.Helper()
	var left []int
	defer func() {
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended meanwhile
		}
	}()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if left = withToken(t, token); len(left) == 0 {
			return
		}
	}
	require.Empty(t, left, "processes that were left behind")
}

// A harness that is killed while it starts nodes leaves none of them behind, not even the one that is about to execute its
// program.
func TestKilledWhileStarting(t *testing.T) {
	needProc(t)
	path, err := os.Executable()
	require.NoError(t, err)
	const nodes, rounds = 60, 5
	var tokens []string
	for round := range rounds {
		mine := token()
		tokens = append(tokens, mine)
		harness := exec.Command(path, asNode, "harness-of-sleepers", strconv.Itoa(nodes), mine)
		harness.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
		harness.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, harness.Start())
		enough := 1 + round*(nodes-10)/rounds // whether they are seen in time decides only how much a round tests
		for range 5000 {
			if len(withToken(t, mine)) >= enough {
				break
			}
		}
		_ = harness.Process.Kill()
		_ = harness.Wait() // killed
		requireNone(t, mine)
	}
	for _, mine := range tokens { // nor has one begun since
		requireNone(t, mine)
	}
}

var waysOut = []string{"setsid", "holds the pipes", "own group", "double fork", "ignores signals", "breeds", "chain"}

// Processes that left the group of their node end with the run, which names them.
func TestEscapeFromTheGroup(t *testing.T) {
	needProc(t)
	for _, how := range waysOut {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			mine := token()
			test := quick("echo", program(t, "escape", how, mine))
			test.NodeCount = 2
			res, err := Run(t.Context(), test)
			require.NoError(t, err)
			require.Equal(t, check.Valid, res.Valid, res.Reasons)
			files, err := filepath.Glob("/proc/[0-9]*/cmdline")
			require.NoError(t, err)
			for _, file := range files { // of a chain, any link has the token
				text, _ := os.ReadFile(file) // it may have ended meanwhile
				require.NotContains(t, string(text), mine)
			}
			said := strings.Join(res.Warnings, "\n")
			if how == "chain" { // whatever link it had come to
				return
			}
			for _, node := range []string{"n0", "n1"} {
				require.Regexp(t, fmt.Sprintf(`(?m)^%s left a process behind: \d+ .*%s \(killed\)$`, node, mine), said)
			}
		})
	}
}

// They also end if the harness is killed.
func TestEscapeFromACrash(t *testing.T) {
	needProc(t)
	path, err := os.Executable()
	require.NoError(t, err)
	for _, how := range waysOut {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			mine := token()
			harness := exec.Command(path, asNode, "harness-of-escapers", how, mine)
			harness.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
			harness.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			require.NoError(t, harness.Start())
			enough := 2
			if how == "breeds" {
				enough = 20 // in the midst of it
			}
			ended := make(chan error, 1)
			go func() { ended <- harness.Wait() }()
			for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
				if len(withToken(t, mine)) >= enough {
					break
				}
			}
			require.GreaterOrEqual(t, len(withToken(t, mine)), enough)
			require.NoError(t, harness.Process.Kill())
			<-ended
			requireNone(t, mine)
		})
	}
}

// If nodes leave no process behind, no process is named.
func TestNobodyLeft(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), quick("echo", program(t, "parent")))
	require.NoError(t, err)
	require.NotContains(t, strings.Join(res.Warnings, "\n"), "left")
}
