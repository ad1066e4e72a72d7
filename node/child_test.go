package node_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for a process that should have answered at once.
const patience = 30 * time.Second

// goBuild builds the packages into a directory of the test and returns it. overlay replaces the contents of
// files; see go help build.
func goBuild(t *testing.T, overlay map[string]string, packages ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(file, list, 0o600))
	args := append([]string{"build", "-overlay", file, "-o", dir + "/"}, packages...)
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// A child is a node that runs as a process. The test is its network.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *os.File // our end
	stderr bytes.Buffer
	lines  chan string // what it writes; closed at its end
	nextID int
}

// startChild starts a program, which is killed at the end of the test if it still runs.
func startChild(t *testing.T, path string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(path), lines: make(chan string, 1024)}
	c.cmd.Stderr = &c.stderr
	stdin, err := c.cmd.StdinPipe()
	require.NoError(t, err)
	c.stdin = stdin
	read, write, err := os.Pipe() // not StdoutPipe, which Wait closes
	require.NoError(t, err)
	c.stdout = read
	c.cmd.Stdout = write
	require.NoError(t, c.cmd.Start())
	require.NoError(t, write.Close())
	go func() {
		defer close(c.lines)
		for in := bufio.NewReader(read); ; {
			line, err := in.ReadString('\n')
			if line != "" {
				c.lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		if c.cmd.ProcessState == nil {
			_ = c.cmd.Process.Kill() // it may just have ended
			_ = c.cmd.Wait()
		}
		_ = read.Close() // a test may have done so
	})
	return c
}

// send gives the node a message.
func (c *child) send(src, body string) {
	c.t.Helper()
	_, err := fmt.Fprintf(c.stdin, `{"src":%q,"dest":"n1","body":%s}`+"\n", src, body)
	require.NoError(c.t, err)
}

// repeat gives the node a message again and again until it ends, and returns what wait does. One would not do where a write must fail:
// a process that another test has just forked has our end of the pipe too, until it executes its program.
func (c *child) repeat(src, body string) (status int, stderr string) {
	c.t.Helper()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			_, _ = fmt.Fprintf(c.stdin, `{"src":%q,"dest":"n1","body":%s}`+"\n", src, body) // it may have ended
			select {
			case <-ended:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return c.wait()
}

// next returns the node's next message.
func (c *child) next() (m reply) {
	c.t.Helper()
	select {
	case line, ok := <-c.lines:
		require.True(c.t, ok, "the node has ended")
		require.NoError(c.t, json.Unmarshal([]byte(line), &m), line)
		m.line = []byte(line)
	case <-time.After(patience):
		require.FailNow(c.t, "the node is silent")
	}
	return m
}

// expect returns the node's next message, which must be of that type and to dest.
func (c *child) expect(dest, typ string) reply {
	c.t.Helper()
	m := c.next()
	require.Equal(c.t, [2]string{dest, typ}, [2]string{m.Dest, m.Body.Type}, "%s", m.line)
	return m
}

// request sends a request, whose fields are those of the object given, and returns the next message, which must be the
// reply.
func (c *child) request(typ, fields string) reply {
	c.t.Helper()
	c.nextID++
	c.send("c1", fmt.Sprintf(`{"type":%q,"msg_id":%d%s}`, typ, c.nextID, fields))
	m := c.expect("c1", typ+"_ok")
	require.NotNil(c.t, m.Body.InReplyTo)
	require.EqualValues(c.t, c.nextID, *m.Body.InReplyTo)
	return m
}

// init initialises the node as n1.
func (c *child) init() {
	c.t.Helper()
	c.request("init", `,"node_id":"n1","node_ids":["n1","n2","n3"]`)
}

// wait waits for the end of the process and returns its exit status and stderr.
func (c *child) wait() (status int, stderr string) {
	c.t.Helper()
	ended := make(chan struct{})
	go func() {
		_ = c.cmd.Wait() // the status says it all
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		_ = c.cmd.Process.Kill()
		<-ended
		require.FailNow(c.t, "the process does not end", c.stderr.String())
	}
	return c.cmd.ProcessState.ExitCode(), c.stderr.String()
}
