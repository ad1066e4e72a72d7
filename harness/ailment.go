package harness

import (
	"fmt"
	"strings"
	"time"

	"glomers/internal/proc"
)

// ailment describes a problem that keeps a running node from reading or writing, such as "is stopped, as by SIGSTOP"; "" if no
// problem is known.
func (m *member) ailment() string {
	if p, ok := m.process.(*childProcess); ok {
		return p.ailment(m.paused)
	}
	return ""
}

// ailment describes the problem of a process. paused says that the harness has paused the process.
func (c *childProcess) ailment(paused bool) string {
	state := c.proc.State()
	if c.killed.Load() || c.ended.Load() || state == proc.Ending {
		return "" // ending closes pipes, too, and watch reports it
	}
	var found []string
	if waiting, _ := c.input.idle(); !paused && (state == proc.Stopped || waiting > 0 && c.proc.GroupStopped()) {
		found = append(found, "is stopped, as by SIGSTOP, which the harness did not send")
	}
	if at := c.input.refused(); c.lasts(at) {
		found = append(found, fmt.Sprintf("has closed its stdin, as a write to it showed at %.3f s", at.Seconds()))
	}
	if at := stamp(c.mute.Load()); c.lasts(at) {
		found = append(found, fmt.Sprintf("has closed its stdout, at %.3f s", at.Seconds()))
	}
	if c.ended.Load() { // in the meantime
		return ""
	}
	return strings.Join(found, " and ")
}

// lasts reports whether a pipe, closed at that time (0 if it is open), was closed by a process that goes on running. On systems
// where the state of a process is not exact, a pipe closed within the last second may belong to a process that is ending.
func (c *childProcess) lasts(at stamp) bool {
	const ending = time.Second
	return at > 0 && (proc.StateIsExact || c.port.run.now()-at >= ending)
}
