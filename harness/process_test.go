package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// children returns the processes that "parent" nodes have started, and their nodes.
func children(t *testing.T, dir string) []int {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "nodes", "*.log"))
	require.NoError(t, err)
	var pids []int
	for _, log := range logs {
		b, err := os.ReadFile(log)
		require.NoError(t, err)
		for line := range strings.Lines(string(b)) {
			var node, child int
			if _, err := fmt.Sscanf(line, "node %d child %d", &node, &child); err == nil {
				pids = append(pids, node, child)
			}
		}
	}
	return pids
}

// running reports whether a process exists and is not a zombie.
func running(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := bytes.Cut(stat, []byte(") "))
	return state[0] != 'Z'
}

func needProc(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("looks at /proc")
	}
}

// However a run ends, no process of a node, and no process that a node started, is left.
func TestNoSurvivors(t *testing.T) {
	needProc(t)
	t.Parallel()
	tests := map[string]func(test *Test, cancel func()){
		"end":    func(*Test, func()) {},
		"cancel": func(test *Test, cancel func()) { test.Progress = afterOperations(cancel) },
		"broken": func(test *Test, _ func()) { test.InitTimeout = time.Nanosecond },
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			test := quick("echo", program(t, "parent"))
			test.Store = t.TempDir()
			prepare(&test, cancel)
			res, _ := Run(ctx, test)
			pids := children(t, res.Dir)
			if name != "broken" { // its nodes may not have come so far
				require.Len(t, pids, 2*test.NodeCount)
			}
			for _, pid := range pids {
				require.Eventually(t, func() bool { return !running(pid) }, 10*time.Second, time.Millisecond)
			}
		})
	}
}

// afterOperations returns a Test.Progress that cancels the run in its main phase.
func afterOperations(cancel func()) func(Progress) {
	return func(p Progress) {
		if p.OK > 0 {
			cancel()
		}
	}
}

// No process is left after the harness itself was killed, either.
func TestNoSurvivorsOfACrash(t *testing.T) {
	needProc(t)
	t.Parallel()
	store := t.TempDir()
	path, err := os.Executable()
	require.NoError(t, err)
	harness := exec.Command(path, asNode, "harness", store)
	require.NoError(t, harness.Start())
	var pids []int
	require.Eventually(t, func() bool {
		pids = children(t, filepath.Join(store, "current"))
		return len(pids) == 4
	}, 30*time.Second, 10*time.Millisecond)
	for _, pid := range pids {
		require.True(t, running(pid))
	}
	require.NoError(t, harness.Process.Kill())
	_ = harness.Wait() // killed
	for _, pid := range pids {
		require.Eventually(t, func() bool { return !running(pid) }, 10*time.Second, 10*time.Millisecond)
	}
}

// A run leaves no goroutine behind. This test cannot be parallel to others.
func TestNoGoroutineLeaks(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, p := range []Program{program(t, "echo"), program(t, "crash"), InProcess(registerEcho)} {
		_, err := Run(t.Context(), quick("echo", p))
		var broken *NodeError
		require.True(t, err == nil || errors.As(err, &broken), err)
	}
	mine := 1 // Eventually calls the condition in a goroutine
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+mine }, 10*time.Second, 10*time.Millisecond)
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), quick("echo", Binary("./no-such-program")))
	require.ErrorContains(t, err, "start node n0")
	require.ErrorContains(t, err, "no-such-program")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A run that was cancelled before it began starts nothing.
func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	test := quick("echo", program(t, "echo"))
	test.Store = t.TempDir()
	_, err := Run(ctx, test)
	require.ErrorIs(t, err, context.Canceled)
}

// A long line is read from one node and written to the other.
func TestLongLines(t *testing.T) {
	t.Parallel()
	const size = 17 << 20
	test := quick("echo", program(t, "long", strconv.Itoa(size)))
	test.Limits.Memory = 6 * size
	p, err := test.plan()
	require.NoError(t, err)
	test = p.Test
	test.NodeCount, test.limits.backlog, test.InitTimeout, test.limits.call = 2, 2*size, time.Minute, time.Minute
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Equal(t, res.Stats.Count, res.Stats.OKCount)
	require.Equal(t, 2, res.Net.Servers.Received)
}
