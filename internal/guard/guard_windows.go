package guard

import (
	"fmt"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/windows"
)

// A Guard starts processes, and kills them if this process dies without killing them itself. Each process is started in a job
// object of its own, which its descendants cannot leave. Windows kills all processes of a job when the last handle to the
// job is closed, and it closes the handles of a process that ends, whatever the cause. The zero value is ready. A Guard may
// be used concurrently.
//
// A process is assigned to its job before its first instruction. If this process dies in the microseconds between the
// creation of a process and its assignment, the process remains, suspended for ever.
type Guard struct {
	mu     sync.Mutex
	groups []*Group
}

// Start starts cmd in a job. cmd must not have a SysProcAttr and must not have been started. An error of cmd.Start is
// returned unchanged.
func (g *Guard) Start(cmd *exec.Cmd, _ string) (*Group, error) {
	group, err := newGroup()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGuard, err)
	}
	// A console of its own, without a window: the process does not get the Ctrl-C of our console, and cannot write to our
	// console without our escaping. Without any console, the console programs that it starts would open windows.
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_SUSPENDED | windows.CREATE_NO_WINDOW}
	if err := cmd.Start(); err != nil {
		group.close()
		return nil, err
	}
	if err := group.begin(cmd.Process); err != nil {
		_ = cmd.Process.Kill() // it is suspended, so it cannot have ended
		_ = cmd.Wait()         // it was killed
		group.close()
		return nil, fmt.Errorf("%w: %w", ErrGuard, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.groups = append(g.groups, group)
	return group, nil
}

// Collect returns nothing: no process can leave its job.
func (g *Guard) Collect() []Stray { return nil }

// Close ends the guard, and kills the processes that are left.
func (g *Guard) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, group := range g.groups {
		group.close()
	}
	g.groups = nil
}
