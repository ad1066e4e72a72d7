package harness

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/workload"
	"glomers/internal/proc"
	"glomers/internal/wording"
)

// debugging is what a run knows about the nodes that are debugged.
type debugging struct {
	asks    bool      // Attach.GoOn can say when to go on
	overdue []*client // whose requests to debugged nodes have not been answered in time
	why     string    // why the clock is held; "" if it is not
	since   stamp     // the total time for which the clock had been held when that became the reason
	held    []heldTime
}

// A heldTime is the time for which the clock was held for a reason.
type heldTime struct {
	why   string
	times int
	total time.Duration
}

type (
	// traced: a debugger has done something to a process.
	traced struct {
		port              *Port
		attached, stopped bool
	}
	// wentOn: the user wants the run to go on, or has left.
	wentOn struct{ left bool }
)

// listenToUser passes on what the user says. The returned function ends that.
func (r *run) listenToUser() (stop func()) {
	said, done := r.test.Attach.GoOn, make(chan struct{})
	if said == nil || len(r.test.Attach.Nodes) == 0 {
		return func() {}
	}
	r.debugging.asks = true
	r.working.Go(func() {
		for {
			select {
			case _, ok := <-said:
				r.post(outside, wentOn{left: !ok})
				if !ok {
					return
				}
			case <-done:
				return
			}
		}
	})
	return func() { close(done) }
}

// lookEvery is the time between two looks at a process. A stop counts if two looks in a row see it: a traced process stops very
// briefly for every signal. A debugger counts as attached after 40 looks: while it attaches, the process may stop and go on.
const (
	lookEvery    = 5 * time.Millisecond
	looksStopped = 2
	looksTraced  = 40
)

// watchTracing posts what debuggers do to a process of m until the process has ended.
func (r *run) watchTracing(m *member) {
	c, port := m.process.(*childProcess), m.Port // Attach.check has made sure of that
	r.mail.always(&port.audience)
	if !proc.SeesTracing {
		return
	}
	r.working.Go(func() {
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		var said traced
		isStopped, isTraced := 0, 0 // the number of looks in a row that have seen that
		for {
			now := c.proc.Tracing()
			if c.ended.Load() {
				break // its id may be that of another process by now
			}
			if now.Kept && c.killed.Load() {
				close(c.kept)
				break
			}
			isStopped, isTraced = countRow(isStopped, now.Stopped), countRow(isTraced, now.Traced)
			if next := (traced{port, isTraced >= looksTraced, isStopped >= looksStopped}); next != said {
				said = next
				r.post(port.index, next)
			}
			<-ticker.C
		}
		r.post(port.index, traced{port: port})
	})
}

// countRow counts how often in a row something was seen.
func countRow(n int, seen bool) int {
	if !seen {
		return 0
	}
	return n + 1
}

// awaitDebuggers waits until all nodes that are debugged may begin.
func (r *run) awaitDebuggers() error {
	var attached []*member
	for _, m := range r.nodes {
		if m.attached {
			attached = append(attached, m)
		}
	}
	if attached == nil {
		return nil
	}
	r.awaitDebugger(func() error { return nil }, attached...)
	return r.until(func() bool {
		return !slices.ContainsFunc(attached, func(m *member) bool { return m.begin != nil })
	})
}

// awaitDebugger makes nodes wait for debuggers. begin is called for each of them when it need no longer wait.
func (r *run) awaitDebugger(begin func() error, ms ...*member) {
	s := Standstill{Sees: proc.SeesTracing, Asks: r.debugging.asks}
	for _, m := range ms {
		m.begin = begin
		s.Nodes = append(s.Nodes, m.asProcess())
	}
	r.holdOrGo()
	r.tell(s)
}

func (m *member) asProcess() NodeProcess {
	return NodeProcess{m.id, m.process.(*childProcess).proc.PID()} // Attach.check has made sure of that
}

func (r *run) tell(s Standstill) {
	if r.test.Attach.Tell != nil {
		r.test.Attach.Tell(s)
	}
}

// nodeTraced handles what a debugger has done to a process.
func (r *run) nodeTraced(m *member, e traced) {
	if m.Port != e.port {
		return // the process was killed in the meantime
	}
	m.traced = e
	if m.begin != nil && e.attached {
		r.begin(m)
	}
	r.holdOrGo()
}

// begin ends the waiting of m for a debugger.
func (r *run) begin(m *member) {
	begin := m.begin
	m.begin = nil
	if err := begin(); err != nil {
		r.fail(err)
	}
}

// userSaid handles what the user says: the nodes that wait begin, and the requests that are overdue time out. After a user has
// left, requests time out as always.
func (r *run) userSaid(e wentOn) {
	r.debugging.asks = r.debugging.asks && !e.left
	for _, m := range r.nodes {
		switch {
		case m.begin != nil && !e.left:
			r.begin(m)
		case m.begin != nil && !proc.SeesTracing:
			r.fail(fmt.Errorf("harness: %w", errNobodyToAsk))
		}
	}
	for _, c := range r.debugging.overdue {
		if c.waiting != 0 {
			r.expire(c)
		}
	}
	r.holdOrGo()
}

// timedOut handles a request that is not answered in time. The clock is held for one to a node that may be stopped by a debugger
// that is not seen.
func (r *run) timedOut(c *client) {
	m := r.nodes[r.index[c.node]]
	byFault := m.process == nil || m.paused
	if !m.attached || byFault || !r.debugging.asks || m.traced.attached {
		r.expire(c)
		return
	}
	isFirst := !slices.ContainsFunc(r.debugging.overdue, func(o *client) bool { return o.node == c.node })
	r.debugging.overdue = append(r.debugging.overdue, c)
	r.holdOrGo()
	if isFirst {
		r.tell(Standstill{Nodes: []NodeProcess{m.asProcess()}, Overdue: true, Sees: proc.SeesTracing, Asks: true})
	}
}

// expire tells a client that its request has timed out.
func (r *run) expire(c *client) {
	r.unmatched.add(c.ignored)
	c.settle(reply{err: workload.ErrTimeout, ignored: c.ignored})
}

// holdOrGo holds the clock if there is a reason to, and otherwise lets it go on.
func (r *run) holdOrGo() {
	d := &r.debugging
	d.overdue = slices.DeleteFunc(d.overdue, func(c *client) bool { return c.waiting == 0 })
	why := r.standstill()
	if why == d.why {
		return
	}
	r.countHeld()
	switch {
	case d.why == "":
		r.stand()
	case why == "":
		r.goOn()
	}
	d.why, d.since = why, r.clock.lost()
	r.progress.Held = why
	r.report()
}

// standstill describes, as the rest of a sentence, why the clock is to be held; "" if it is to go on.
func (r *run) standstill() string {
	var found []string
	for _, m := range r.nodes {
		switch {
		case m.begin != nil:
			found = append(found, m.id+" waited for a debugger")
		case m.traced.stopped:
			found = append(found, m.id+" was stopped by a debugger")
		case slices.ContainsFunc(r.debugging.overdue, func(c *client) bool { return c.node == m.id }):
			found = append(found, m.id+" owed an answer")
		}
	}
	return strings.Join(found, " and ")
}

// countHeld adds the time since the clock is held for the current reason.
func (r *run) countHeld() {
	d := &r.debugging
	if d.why == "" {
		return
	}
	i := slices.IndexFunc(d.held, func(h heldTime) bool { return h.why == d.why })
	if i < 0 {
		i = len(d.held)
		d.held = append(d.held, heldTime{why: d.why})
	}
	d.held[i].times++
	d.held[i].total += r.clock.lost() - d.since
}

// noteHeld returns the total time for which the clock was held, and a note about it.
func (r *run) noteHeld() (total time.Duration, notes []string) {
	r.countHeld()
	var parts []string
	for _, h := range r.debugging.held {
		total += h.total
		text := fmt.Sprintf("%.1f s while %s", h.total.Seconds(), h.why)
		if h.times > 1 {
			text += fmt.Sprintf(" (%d times)", h.times)
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return 0, nil
	}
	return total, []string{fmt.Sprintf("the clock of the run was held for %.1f s: %s; no timeout, fault, latency or time limit counts that, "+
		"but the clocks of the other nodes went on", total.Seconds(), wording.And(parts))}
}
