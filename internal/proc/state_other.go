//go:build !linux

package proc

// StateIsExact reports whether State never returns Running for a process that is ending.
const StateIsExact = false

// State returns Running: on this system only the parent can ask for the state of a process, and the parent is in Wait.
func (p *Process) State() State { return Running }

// GroupStopped returns false, for the same reason.
func (p *Process) GroupStopped() bool { return false }
