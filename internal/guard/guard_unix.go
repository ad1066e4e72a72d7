//go:build unix

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

// A Guard starts processes, and kills them if this process dies without killing them itself: by SIGKILL or by a crash. The
// guard runs a shell that waits for the end of its input, which comes when this process ends, whatever the cause. The zero
// value is ready. A Guard may be used concurrently.
//
// A guard identifies its processes in three ways. First, each process leads a session and thus a process group, whose id the
// shell is told. Second, each process and its descendants have a mark in their environment. By the mark, Linux finds
// processes that have left the group (setsid), and processes of which the shell was not told in time. Third, where Linux
// allows it, all the processes are in a control group, which also contains processes that have cleared their environment.
//
// Without a control group, a process escapes if it leaves the process group and also clears its environment or overwrites it
// in memory; so does a process that runs as another user. Without a /proc, every process escapes that leaves the process
// group.
//
// The first process of a container needs no shell, and there may be none: if it dies, the kernel kills every other process of
// its PID namespace. See pid_namespaces(7).
//
// Linux has a kernel feature for this purpose (Pdeathsig), but it kills only the process itself and not its children, such
// as the interpreter behind a wrapper script. It also fires when the thread that started the process ends, which may happen
// at any time in a Go program.
type Guard struct {
	mu     sync.Mutex
	cmd    *exec.Cmd    // the shell; nil if the kernel does its work
	in     *os.File     // takes one process group per line; nil if cmd is
	mark   string       // in the environments of all its processes, followed by a label
	groups map[int]bool // nil until the first Start, and after Close
	cgroup *cgroup      // nil if there is none
}

// Variable is the environment variable that holds the mark: a word unique to the guard, a point, and a label.
const Variable = "GLOMERS_GUARD"

// The shell itself must outlive any signal that ends this process, hence the trap. Every shell understands this form of
// kill, which continues after a group that does not exist.
//
// First, the script kills everything in the control group ($2, if it is not empty). Then it kills the processes with the
// mark ($1), where a /proc exists. A process that is about to execute a program does not have a readable environment, so the
// script waits for some time of quiet (1 s) before it takes all processes to be gone. Processes that cannot be killed do not
// keep the shell running for ever.
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

// Start starts cmd as the leader of a session. cmd must not have a SysProcAttr and must not have been started. label names
// the process in the result of Collect, should it leave others behind. An error of cmd.Start is returned unchanged.
//
// A process cannot escape between its start and the moment when the shell is told of it. Until it executes its program, it
// holds the other end of the shell's input open, as this process does, so the input does not end before that. From then on
// it has the mark. (Without a /proc, it can escape during these microseconds.)
func (g *Guard) Start(cmd *exec.Cmd, label string) (*Group, error) {
	g.mu.Lock()
	if g.groups == nil {
		if err := g.start(); err != nil {
			g.mu.Unlock()
			return nil, fmt.Errorf("%w: %w", ErrGuard, err)
		}
	}
	mark, cgroup := g.mark, g.cgroup
	g.mu.Unlock()

	cmd.Env = append(slices.Clip(cmd.Environ()), mark+label)
	// The process group of a session can be killed as a whole, and does not get the terminal's Ctrl-C before we do. It does
	// not have a /dev/tty either, through which it could write to the terminal without our escaping, or switch off the
	// user's echo.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cgroup.take(cmd.SysProcAttr)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	group := &Group{cmd.Process.Pid}
	if err := g.add(cmd.Process.Pid); err != nil {
		group.Kill()
		_ = cmd.Wait() // it was killed
		return nil, fmt.Errorf("%w: %w", ErrGuard, err)
	}
	return group, nil
}

// add guards the process group with this id.
func (g *Guard) add(group int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return errors.New("it was closed")
	}
	g.groups[group] = true
	if g.in == nil {
		return nil
	}
	_, err := fmt.Fprintln(g.in, group)
	return err
}

// start starts the shell, if one is needed. The shell must not have the mark of a guard that guards this process, or it would be killed
// together with this process.
func (g *Guard) start() error {
	word := rand.Text()
	mark := Variable + "=" + word + "."
	if os.Getpid() == 1 {
		g.mark, g.groups = mark, make(map[int]bool)
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	var path string
	cgroup := newCgroup("glomers-" + word)
	if cgroup != nil {
		path = cgroup.path
	}
	cmd := exec.Command("/bin/sh", "-c", guardScript, "glomers-guard", mark, path)
	cmd.Stdin = r
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // otherwise Ctrl-C, or a kill of our group, would hit the shell, too
	if err := cmd.Start(); err != nil {
		_ = w.Close() // nothing was written
		cgroup.remove()
		return err
	}
	g.cmd, g.in, g.mark, g.groups, g.cgroup = cmd, w, mark, make(map[int]bool), cgroup
	return nil
}

// Close ends the guard. The process groups must have ended: their ids may soon belong to other processes, so the shell is
// killed before it sees the end of its input.
func (g *Guard) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd != nil {
		_ = g.cmd.Process.Kill() // it fails only if the shell has ended
		_ = g.cmd.Wait()
		_ = g.in.Close()
	}
	g.cgroup.remove()
	g.cmd, g.in, g.groups, g.cgroup = nil, nil, nil, nil
}
