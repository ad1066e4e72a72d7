//go:build unix

package harness

import (
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/internal/proc"
)

// ail answers init. At the first request of the type os.Args[4], which may be "init", it does os.Args[3] to itself.
func ail() {
	what, when := os.Args[3], os.Args[4]
	rawNode(func(m rawMessage) {
		if m.head.Type == when {
			switch what {
			case "close-stdin":
				must(syscall.Close(0))
			case "close-stdout":
				must(syscall.Close(1))
			case "close-both":
				must(syscall.Close(0))
				must(syscall.Close(1))
			case "stop":
				must(syscall.Kill(os.Getpid(), syscall.SIGSTOP))
			}
			if what == "close-stdout" {
				_, _ = io.Copy(io.Discard, os.Stdin) // it goes on reading
			}
			time.Sleep(time.Hour)
		}
		rawSend(m.Dest, m.Src, jsonObject{"type": m.head.Type + "_ok", "in_reply_to": m.head.MsgID, "echo": m.head.Echo})
	})
}

// A node that has closed its pipes, or has stopped itself, is named among the reasons.
func TestAilingNodes(t *testing.T) {
	needProc(t)
	t.Parallel()
	sh := interpreter(t, "sh", "-c", "true")
	path, err := os.Executable()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		program Program
		want    string
	}{
		"close-stdin":  {program(t, "ail", "close-stdin", "echo"), `^node n0 (has not read its input since [0-9.]+ s: .* wait; it )?has closed its stdin, as a write to it showed at [0-9.]+ s$`},
		"close-stdout": {program(t, "ail", "close-stdout", "echo"), `^node n0 has closed its stdout, at [0-9.]+ s$`},
		"close-both":   {program(t, "ail", "close-both", "echo"), ` has closed its stdin, .* and has closed its stdout, at [0-9.]+ s$`},
		"stop":         {program(t, "ail", "stop", "echo"), `^node n0 .*is stopped, as by SIGSTOP, which the harness did not send$`},
		// The process that we started waits for another process, which stops.
		"stop below a shell": {Binary(sh, "-c", `"$@"; true`, "sh", path, asNode, "ail", "stop", "echo"), `is stopped, as by SIGSTOP`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := quick("echo", c.program)
			test.NodeCount, test.Concurrency, test.TimeLimit = 1, 4, 1500*time.Millisecond
			test.limits.stall, test.limits.call = 200*time.Millisecond, 300*time.Millisecond
			test.Availability = "total"
			res, err := Run(t.Context(), test)
			require.NoError(t, err)
			require.Equal(t, check.Invalid, res.Valid)
			require.Regexp(t, c.want, res.Reasons[len(res.Reasons)-1])
		})
	}
}

// At init, it is the reason why the run ends.
func TestAilingAtInit(t *testing.T) {
	needProc(t)
	t.Parallel()
	for what, want := range map[string]string{
		"close-stdout": "did not answer init with init_ok within 5s; it has closed its stdout, at ",
		"stop":         "did not answer init with init_ok within 5s; it is stopped, as by SIGSTOP, which the harness did not send",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			test := quick("echo", program(t, "ail", what, "init"))
			test.InitTimeout = 5 * time.Second
			_, err := Run(t.Context(), test)
			require.ErrorContains(t, err, want)
		})
	}
}

// A healthy node is not mentioned.
func TestHealthyNodes(t *testing.T) {
	needProc(t)
	t.Parallel()
	test := quick("echo", program(t, "ail", "close-stdout", "never"))
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	for _, w := range res.Warnings {
		require.NotContains(t, w, "closed")
		require.NotContains(t, w, "stopped")
	}
}

func TestState(t *testing.T) {
	needProc(t)
	t.Parallel()
	var g proc.Guard
	defer g.Close()
	p, err := proc.Start(&g, proc.Command{Name: "n1", Path: "sh", Args: []string{"-c", "read -r line; exit 3"}, Env: os.Environ()})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return p.State() == proc.Running }, time.Minute, time.Millisecond)
	require.False(t, p.GroupStopped())
	require.NoError(t, p.Pause())
	require.Eventually(t, func() bool { return p.State() == proc.Stopped && p.GroupStopped() }, time.Minute, time.Millisecond)
	require.NoError(t, p.Resume())
	require.Eventually(t, func() bool { return p.State() == proc.Running && !p.GroupStopped() }, time.Minute, time.Millisecond)
	require.NoError(t, p.Stdin.Close())
	require.Eventually(t, func() bool { return p.State() == proc.Ending }, time.Minute, time.Millisecond)
	require.Error(t, p.Wait())
	require.NoError(t, p.Stdout.Close())
	require.NoError(t, p.Stderr.Close())
}
