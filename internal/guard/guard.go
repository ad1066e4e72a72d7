// Package guard sees to it that processes do not outlive the one that started them.
package guard

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// A Guard kills process groups if this process dies without doing so itself: by SIGKILL, by a crash. It is
// a shell that waits for the end of its input, which comes then, whatever the cause. The zero value is ready. Any goroutine may
// use it.
//
// Linux could have the kernel do this (Pdeathsig), but that reaches the process only and not what it
// started, such as the interpreter behind a wrapper script, and it goes off when the thread that started
// the process ends, which in a Go program may be at any time.
type Guard struct {
	mu  sync.Mutex
	cmd *exec.Cmd // nil until there is something to guard
	in  *os.File  // takes one process group per line
}

// The shell itself must outlive whatever ends this process, hence the trap. This form of kill is the
// one that every shell understands; it goes on after a group that does not exist.
const guardScript = `trap '' HUP INT QUIT TERM
groups=
while read -r id; do groups="$groups -$id"; done
[ -z "$groups" ] || kill -s KILL -- $groups`

// Add guards the process group with this id.
func (g *Guard) Add(group int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		if err := g.start(); err != nil {
			return fmt.Errorf("start the guard that ends what was started if this process dies: %w", err)
		}
	}
	if _, err := fmt.Fprintln(g.in, group); err != nil {
		return fmt.Errorf("tell the guard: %w", err)
	}
	return nil
}

func (g *Guard) start() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", guardScript)
	cmd.Stdin = r
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // or Ctrl-C, or a kill of our group, would hit it too
	if err := cmd.Start(); err != nil {
		_ = w.Close() // nothing was written
		return err
	}
	g.cmd, g.in = cmd, w
	return nil
}

// Close ends the guard. The groups must be gone: their ids may belong to others soon, so the
// shell is killed before it sees the end of its input.
func (g *Guard) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		return
	}
	_ = g.cmd.Process.Kill() // it fails only if the shell has ended
	_ = g.cmd.Wait()
	_ = g.in.Close()
	g.cmd = nil
}
