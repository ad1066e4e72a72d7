//go:build unix

package guard

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
)

// Asks reports whether Terminate asks processes to end, and does not kill them.
const Asks = true

// A Group is a process that a Guard has started, together with its descendants as long as they do not leave its process
// group. It is not an error if none of them is left.
type Group struct{ id int }

// Terminate asks the processes to end.
func (g *Group) Terminate() error { return g.signal(syscall.SIGTERM) }

// Pause stops the processes until Resume.
func (g *Group) Pause() error { return g.signal(syscall.SIGSTOP) }

// Resume undoes Pause.
func (g *Group) Resume() error { return g.signal(syscall.SIGCONT) }

// Kill kills the processes.
func (g *Group) Kill() { _ = g.signal(syscall.SIGKILL) } // it fails only if there is no process left that we may kill

func (g *Group) signal(s syscall.Signal) error {
	err := syscall.Kill(-g.id, s)
	// For a group of zombies, the kernel of macOS answers as if it refused.
	if err == nil || errors.Is(err, syscall.ESRCH) || runtime.GOOS == "darwin" && errors.Is(err, syscall.EPERM) {
		return nil
	}
	return fmt.Errorf("%v: %w", s, err)
}
