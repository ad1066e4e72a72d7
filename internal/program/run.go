// Package program runs other programs together with everything that they start, and builds those that are written in Go.
package program

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"glomers/internal/guard"
)

// ErrInterrupted is the error of work that ended early because its context did: the user stopped the program.
var ErrInterrupted = errors.New("interrupted")

// Run runs a command in a process group of its own, in a directory, and writes the output of the whole group to out. The group ends with the
// command itself: its other processes are killed then. If the context ends first, all of them are asked to end, and killed
// 10 s later. If this process dies, even by SIGKILL, they are killed. Run also returns sentences about processes that had left the group.
// The variables in env are added to the environment.
func Run(ctx context.Context, dir string, out io.Writer, path string, args []string, env ...string) (left []string, err error) {
	if _, err := exec.LookPath(path); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe() // not one of cmd's: Wait would wait for all who hold it
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// The shell becomes the command once the guard knows of it. If this process dies before, the shell ends.
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", `read -r guarded && exec "$@" </dev/null`, "sh", path}, args...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = w, w
	signal := func(s syscall.Signal) error {
		if err := syscall.Kill(-cmd.Process.Pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return nil
	}
	cmd.Cancel = func() error { return signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	gate, err := cmd.StdinPipe()
	var g guard.Guard
	defer g.Close()
	if err == nil {
		err = g.Start(cmd, filepath.Base(path))
	}
	_ = w.Close() // nothing was written
	if err != nil {
		return nil, err
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(out, r) // to the end of the pipe, however it comes
	}()

	_, _ = io.WriteString(gate, "\n") // it fails if the shell was killed meanwhile
	_ = gate.Close()
	err = cmd.Wait()
	_ = signal(syscall.SIGKILL) // it fails only if none is left that we may kill
	left = guard.Left(filepath.Base(path), g.Collect())
	// A process that has left the group may hold the pipe still, without a way to find it.
	_ = r.SetReadDeadline(time.Now().Add(time.Second))
	<-copied
	return left, err
}

// A Tail keeps the end of a program's output. All goroutines may use it.
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

// String returns the output as far as it is kept.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// Quote writes a word for a shell.
func Quote(word string) string {
	plain := strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=@%+") == ""
	if plain && word != "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
