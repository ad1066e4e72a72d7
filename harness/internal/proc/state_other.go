//go:build !linux

package proc

// StateIsExact tells whether State never calls a process running that is ending.
const StateIsExact = false

// State returns Running: this system does not show what a process is doing without being asked by its parent, who is in Wait.
func (p *Process) State() State { return Running }

// GroupStopped returns false, for the same reason.
func (p *Process) GroupStopped() bool { return false }
