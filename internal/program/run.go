// Package program runs other programs together with everything that they start, and builds those that are written in Go.
package program

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"glomers/internal/guard"
)

// ErrInterrupted is the error of work that ended early because its context did: the user stopped the program.
var ErrInterrupted = errors.New("interrupted")

// Run runs a command in a directory and in a new process group, and writes the output of the whole group to out. When the
// command ends, the other processes of the group are killed. If the context ends first, all of them are asked to end, and
// killed 10 s later. If this process dies, even by SIGKILL, they are killed. The variables in env are added to the
// environment. Run also returns sentences about processes that had left the group.
func Run(ctx context.Context, dir string, out io.Writer, path string, args []string, env ...string) (left []string, err error) {
	if _, err := exec.LookPath(path); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe() // not a pipe of cmd: Wait would wait for every process that holds it
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd, open, err := gated(ctx, path, args)
	if err != nil {
		_ = w.Close() // nothing was written
		return nil, err
	}
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = w, w
	var started atomic.Pointer[guard.Group]
	cmd.Cancel = func() error {
		if group := started.Load(); group != nil {
			return group.Terminate()
		}
		return cmd.Process.Kill() // the command has not begun
	}
	cmd.WaitDelay = 10 * time.Second
	var g guard.Guard
	defer g.Close()
	group, err := g.Start(cmd, filepath.Base(path))
	_ = w.Close() // nothing was written
	if err != nil {
		return nil, err
	}
	started.Store(group)
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(out, r) // until the pipe ends, for whatever reason
	}()

	open()
	err = cmd.Wait()
	group.Kill()
	left = guard.Left(filepath.Base(path), g.Collect())
	// A process that has left the group may still hold the pipe, and cannot be found.
	_ = r.SetReadDeadline(time.Now().Add(time.Second))
	<-copied
	return left, err
}

// A Tail keeps the end of a program's output. It may be used concurrently.
type Tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (t *Tail) Write(b []byte) (int, error) {
	const limit = 64 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if more := len(t.text) - limit; more > limit {
		t.text = append(t.text[:0], t.text[more:]...)
	}
	return len(b), nil
}

// String returns the part of the output that was kept.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
