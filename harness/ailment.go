package harness

import (
	"fmt"
	"strings"
	"time"

	"glomers/harness/internal/proc"
)

// ailment says what keeps a node that runs from reading or writing, such as "is stopped, as by SIGSTOP"; "" if nothing is known to.
func (m *member) ailment() string {
	if p, ok := m.process.(*childProcess); ok {
		return p.ailment(m.paused)
	}
	return ""
}

// ailment is that of a process, which may be paused on purpose.
func (c *childProcess) ailment(paused bool) string {
	state := c.proc.State()
	if c.killed.Load() || c.ended.Load() || state == proc.Ending {
		return "" // which closes pipes, and is told by watch
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
	if c.ended.Load() { // meanwhile
		return ""
	}
	return strings.Join(found, " and ")
}

// lasts tells whether a pipe was closed then, and not just now by a process that is ending.
func (c *childProcess) lasts(at stamp) bool {
	const ending = time.Second
	return at > 0 && (proc.StateIsExact || c.port.run.now()-at >= ending)
}
