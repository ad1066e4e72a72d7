package node_test

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProcess tests Main, in a process as it runs under Maelstrom.
func TestProcess(t *testing.T) {
	program := filepath.Join(goBuild(t, nil, "./testdata/process"), "process")
	// Whoever runs the test, as nohup does, may have it ignore the signal, and so the processes that it starts.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangups) })

	// Each of these makes a process end, but not before it has answered what is in flight.
	for name, stop := range map[string]func(c *child){
		"closed stdin": func(c *child) { require.NoError(c.t, c.stdin.Close()) },
		"SIGTERM":      func(c *child) { require.NoError(c.t, c.cmd.Process.Signal(syscall.SIGTERM)) },
		"SIGHUP":       func(c *child) { require.NoError(c.t, c.cmd.Process.Signal(syscall.SIGHUP)) },
		"SIGINT":       func(c *child) { require.NoError(c.t, c.cmd.Process.Signal(os.Interrupt)) },
	} {
		t.Run(name+" drains", func(t *testing.T) {
			t.Parallel()
			c := startChild(t, program)
			c.init()
			c.send("c1", `{"type":"slow","msg_id":10}`)
			c.expect("c1", "begun")
			c.send("c2", `{"type":"echo","msg_id":11,"echo":1}`)
			c.expect("c2", "echo_ok")
			stop(c)
			c.expect("c1", "stopping")
			require.EqualValues(t, 10, *c.expect("c1", "slow_ok").Body.InReplyTo)
			status, stderr := c.wait()
			require.Zero(t, status)
			require.Empty(t, stderr)
			_, more := <-c.lines
			require.False(t, more)
		})
	}

	t.Run("SIGTERM when idle", func(t *testing.T) {
		t.Parallel()
		c := startChild(t, program)
		c.init()
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
		status, stderr := c.wait()
		require.Zero(t, status)
		require.Empty(t, stderr)
	})

	t.Run("a second signal kills", func(t *testing.T) {
		t.Parallel()
		c := startChild(t, program)
		c.init()
		c.send("c1", `{"type":"slow","msg_id":10,"hang":true}`)
		c.expect("c1", "begun")
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
		c.expect("c1", "stopping")
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
		status, _ := c.wait()
		require.Equal(t, -1, status) // by the signal
	})

	// The ways in which a node finds that nobody reads its output.
	for name, request := range map[string]string{
		"typed":       `{"type":"echo","msg_id":2}`,
		"official":    `{"type":"official","msg_id":2}`,
		"large":       `{"type":"echo","msg_id":2,"x":"` + strings.Repeat("x", 1<<20) + `"}`,
		"not handled": `{"type":"what","msg_id":2}`,
		"waiting":     `{"type":"slow","msg_id":2}`,
	} {
		t.Run("broken stdout/"+name, func(t *testing.T) {
			t.Parallel()
			c := startChild(t, program)
			c.init()
			require.NoError(t, c.stdout.Close())
			for range c.lines { // the pipe is closed once its reader has noticed
			}
			status, stderr := c.repeat("c1", request)
			require.Equal(t, 1, status, stderr)
			if name == "not handled" { // each of which is a warning of its own
				stderr = stderr[strings.LastIndex(strings.TrimSuffix(stderr, "\n"), "\n")+1:]
			}
			require.Regexp(t, `^node: cannot write output: .*broken pipe\n$`, stderr)
		})
	}
}
