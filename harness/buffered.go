package harness

import (
	"fmt"
	"sync"
	"time"

	"glomers/internal/wording"
)

// holdsBack ends the input of a running node that has written nothing, waits for its end, and describes in words what that shows of
// its output. A program that does not flush its output writes it at the latest when it ends. The node is of no use afterwards.
func (m *member) holdsBack(patience time.Duration) string {
	p, ok := m.process.(interface{ endInput(patience time.Duration) })
	if ok {
		before := m.messages.Load()
		p.endInput(patience)
		if n := m.messages.Load() - before; n > 0 {
			return fmt.Sprintf("%s came only when the harness ended its input: flush stdout after each line", wording.Plural(int(n), "message"))
		}
	}
	return "does it flush its output after every line?"
}

// endInput ends the input of the process, and waits for its end. The end is not reported.
func (c *childProcess) endInput(patience time.Duration) {
	c.killed.Store(true)
	c.input.close()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.gone:
	case <-timer.C:
	}
}

// noteSilent adds a note for each node from which nothing has come since it answered init, although clients have asked it. It is
// called when the run is over: it ends these nodes.
func (r *run) noteSilent() {
	if r.active != nil { // a node at rest has said so
		return
	}
	notes := make([]string, len(r.nodes))
	var looking sync.WaitGroup
	for i, m := range r.nodes {
		if m.process == nil || !m.ready || m.paused || m.requests == 0 || m.messages.Load() > 1 || m.broken.Load() {
			continue
		}
		if _, size, _ := m.unfinished(); size > 0 || m.ailment() != "" { // there are notes about these
			continue
		}
		looking.Go(func() {
			asked := wording.Plural(m.requests, "request")
			notes[i] = fmt.Sprintf("%s wrote nothing to stdout after its init_ok, though it was sent %s of clients: %s", m.id, asked, m.holdsBack(r.test.limits.flush))
		})
	}
	looking.Wait()
	for _, note := range notes {
		if note != "" {
			r.notes = append(r.notes, note)
		}
	}
}
