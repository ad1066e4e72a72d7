// Package guard sees to it that processes do not outlive the one that started them.
package guard

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
)

// A Guard starts processes, and kills them if this process dies without doing so itself: by SIGKILL, by a crash. It is
// a shell that waits for the end of its input, which comes then, whatever the cause. The zero value is ready. Any goroutine may
// use it.
//
// It knows processes in three ways. Each is the leader of a session and so of a process group, whose id the shell is told. Each, with all that it
// starts, has a mark in its environment, by which Linux finds those that have left the group (setsid), and those
// of which the shell was not told in time. And where Linux allows it, all are in a control group, by which it finds also those that
// have cleared their environment.
//
// Without a control group, a process escapes that leaves the process group and either clears its environment, or overwrites it where it
// stands; so does one that runs as another user. Without a /proc, all escape that leave the process group.
//
// Linux could have the kernel do this (Pdeathsig), but that reaches the process only and not what it
// started, such as the interpreter behind a wrapper script, and it goes off when the thread that started
// the process ends, which in a Go program may be at any time.
type Guard struct {
	mu     sync.Mutex
	cmd    *exec.Cmd // nil until there is something to guard
	in     *os.File  // takes one process group per line
	mark   string    // what the environments of all its processes have, followed by a label
	groups map[int]bool
	cgroup *cgroup // nil where there is none
}

// ErrGuard is in the errors of Start that are not of the command.
var ErrGuard = errors.New("guard: cannot see to it that what is started ends with this process")

// Variable is the environment variable that holds the mark: a word that no other guard has, a point, and a label.
const Variable = "GLOMERS_GUARD"

// The shell itself must outlive whatever ends this process, hence the trap. This form of kill is the
// one that every shell understands; it goes on after a group that does not exist.
//
// All of the control group ($2, if it is not empty) are killed first. Then come those with the mark ($1), where there is a /proc to find them in. A process that is just about to execute a program has no
// environment to read, so that it takes some time of quiet (1 s) until all are known to be gone. Whoever cannot be killed
// does not keep the shell for ever.
const guardScript = `trap '' HUP INT QUIT TERM
groups=
while read -r id; do groups="$groups -$id"; done
[ -z "$2" ] || echo 1 >"$2/cgroup.kill"
[ -z "$groups" ] || kill -s KILL -- $groups
[ -r /proc/self/environ ] && cd /proc || exit
quiet=0 rounds=0
while [ $quiet -lt 10 ] && [ $rounds -lt 5000 ]; do
	found=
	for file in $(grep -lsFz -e "$1" [0-9]*/environ); do found="$found ${file%/environ}"; done
	quiet=$((quiet + 1)) rounds=$((rounds + 1))
	if [ -z "$found" ]; then sleep 0.1; else kill -s KILL -- $found; quiet=0; fi
	[ -z "$2" ] || echo 1 >"$2/cgroup.kill"
done
[ -z "$2" ] || rmdir "$2"`

// Start starts cmd, which must have neither a SysProcAttr nor been started, as the leader of a session. label says who it is,
// should it leave others behind: see Collect. An error of cmd.Start is returned as it is.
//
// No process escapes between its start and the moment when the shell has been told of it. Until it executes its
// program it holds the other end of the shell's input, as this process does, so that the input does not end before; and from
// then on it has the mark. (Without a /proc it can escape in these microseconds.)
func (g *Guard) Start(cmd *exec.Cmd, label string) error {
	g.mu.Lock()
	if g.cmd == nil {
		if err := g.start(); err != nil {
			g.mu.Unlock()
			return fmt.Errorf("%w: %w", ErrGuard, err)
		}
	}
	mark, cgroup := g.mark, g.cgroup
	g.mu.Unlock()

	cmd.Env = append(slices.Clip(cmd.Environ()), mark+label)
	// The process group of a session can be killed as a whole, does not get the terminal's Ctrl-C before we do, and has no /dev/tty, through which it
	// could write what we would have escaped, or switch off the user's echo.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cgroup.take(cmd.SysProcAttr)
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := g.add(cmd.Process.Pid); err != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it fails only if none is left
		_ = cmd.Wait()                                      // it was killed
		return fmt.Errorf("%w: %w", ErrGuard, err)
	}
	return nil
}

// add guards the process group with this id.
func (g *Guard) add(group int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		return errors.New("it was closed")
	}
	g.groups[group] = true
	_, err := fmt.Fprintln(g.in, group)
	return err
}

// start starts the shell. It must not have the mark of whoever guards this process, or it would be killed with it.
func (g *Guard) start() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	word := rand.Text()
	mark := Variable + "=" + word + "."
	var path string
	cgroup := newCgroup("glomers-" + word)
	if cgroup != nil {
		path = cgroup.path
	}
	cmd := exec.Command("/bin/sh", "-c", guardScript, "glomers-guard", mark, path)
	cmd.Stdin = r
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // or Ctrl-C, or a kill of our group, would hit it too
	if err := cmd.Start(); err != nil {
		_ = w.Close() // nothing was written
		cgroup.remove()
		return err
	}
	g.cmd, g.in, g.mark, g.groups, g.cgroup = cmd, w, mark, make(map[int]bool), cgroup
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
	g.cgroup.remove()
	g.cmd, g.cgroup = nil, nil
}
