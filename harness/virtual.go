package harness

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"glomers/harness/network"
)

// In virtual time, the run's clock stands still while anybody is at work, and jumps to the next event when all are at rest. A node is
// at rest when it has answered the request idle, which follows each line that it gets; docs/virtual-time.md describes that. A worker is at
// rest when it waits for a reply or for a job.

// clockID is the id of the service that has the time and timers, in virtual time only. It is no party of the network: its messages are
// not recorded.
const clockID = "clock"

// virtualHop is the mean time that a message takes in virtual time besides its latency: about what a message between processes takes in
// real time. Without it, nothing would ever overlap.
const virtualHop = 100 * time.Microsecond

// An activity counts the nodes and workers that are not at rest. A nil activity counts nothing: it is that of a run in real time.
type activity struct {
	mu    sync.Mutex
	still sync.Cond // signalled when count is 0, and when over is set
	count int
	over  bool // the run ends: nobody waits any more
}

func newActivity() *activity {
	a := &activity{}
	a.still.L = &a.mu
	return a
}

// begin counts somebody who is given something to do.
func (a *activity) begin() { a.add(1) }

// end counts somebody who has come to rest, after everything that follows has been posted.
func (a *activity) end() { a.add(-1) }

func (a *activity) add(n int) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count += n; a.count == 0 {
		a.still.Broadcast()
	}
}

// stop ends all waiting for rest.
func (a *activity) stop() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	a.still.Broadcast()
}

// rest waits until everybody is at rest.
func (a *activity) rest() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.count > 0 && !a.over {
		a.still.Wait()
	}
}

// A restfulness is what is known of the work of a node's process, in virtual time.
type restfulness struct {
	mu       sync.Mutex
	asked    int64 // msg_id of the last request idle; 0 before the first line
	working  bool  // it has not been answered
	answered bool  // one has been answered
	unaware  bool  // it was answered with an error: the program does not know it
	watchdog *time.Timer
}

// Texts of errors. Their ends say how to go on.
const (
	silentWords = "has not answered the request idle for %v. In virtual time, a program handles one line after the other, and says when it has done what follows: it answers " +
		"requests of types that it does not know with error 10" + insteadWords
	lateWords = "wrote a message to %s after it had said that it had done all that there was to do. In virtual time, a program handles one line after the other, and takes its " +
		"time from the service clock" + insteadWords
	unawareWords = "%s answered the request idle with an error, so it seems not to know virtual time. If the program has timers of its own, they went by real time, of which hardly any passed" + insteadWords
	insteadWords = " (docs/virtual-time.md). Without --virtual, tests run in real time"
)

// askIdle returns the line that asks a node whether it has done what it got, and expects the answer from now on.
func (p *Port) askIdle() []byte {
	r := &p.restful
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if !r.working {
		r.working = true
		p.run.active.begin()
	}
	if r.watchdog == nil {
		r.watchdog = time.AfterFunc(p.patience(), p.neverIdle)
	} else {
		r.watchdog.Reset(p.patience())
	}
	return envelope(network.Message{Src: clockID, Dest: p.id, Body: fmt.Appendf(nil, `{"type":"idle","msg_id":%d}`, r.asked)}, p.run.virtualNow())
}

// patience is the real time that a node has to answer the last request idle. The first one also waits for the program to start. The caller
// holds restful.mu.
func (p *Port) patience() time.Duration {
	if p.restful.asked == 1 {
		return 3 * p.run.patience
	}
	return p.run.patience
}

// neverIdle ends the run: a node does not answer.
func (p *Port) neverIdle() {
	r := &p.restful
	r.mu.Lock()
	working, answered, patience := r.working, r.answered, p.patience()
	r.mu.Unlock()
	if working {
		p.fail(&NodeError{Reason: fmt.Sprintf(silentWords, patience), Untimed: !answered})
	}
}

// atRest notes what a line says about the rest of its node. It reports whether the line is an answer to idle, which says no more, and
// whether the line came too late: when the node had said that it was at rest.
func (p *Port) atRest(l line) (answer, late bool) {
	r := &p.restful
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == 0 {
		return false, false // a program may write before it gets anything
	}
	var head struct {
		Type      string `json:"type"`
		InReplyTo *int64 `json:"in_reply_to"`
	}
	if l.dest == clockID && json.Unmarshal(l.body, &head) == nil && head.InReplyTo != nil {
		if r.working && *head.InReplyTo == r.asked {
			r.working, r.answered = false, true
			r.unaware = r.unaware || head.Type == "error"
			r.watchdog.Stop()
			p.run.active.end()
		}
		return true, false
	}
	return false, !r.working
}

// endRest ends the waiting for a process that is gone, and reports whether it knew virtual time.
func (p *Port) endRest() (aware bool) {
	r := &p.restful
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watchdog != nil {
		r.watchdog.Stop()
	}
	if r.working {
		r.working = false
		p.run.active.end()
	}
	return !r.unaware
}

// virtualNow returns the time for the member now of a line; nil in real time.
func (s *scheduler) virtualNow() *time.Duration {
	if s.active == nil {
		return nil
	}
	now := s.now()
	return &now
}

// milliseconds writes a time in ms. A float64 is exact to the ns for 100 days.
func milliseconds(d time.Duration) []byte {
	return strconv.AppendFloat(nil, float64(d)/1e6, 'f', -1, 64)
}

// askClock answers a request to the service clock.
func (r *run) askClock(m *member, body json.RawMessage) {
	var request struct {
		Type  string   `json:"type"`
		MsgID int64    `json:"msg_id"`
		MS    *float64 `json:"ms"`
	}
	malformed := json.Unmarshal(body, &request) != nil
	p := m.Port
	answer := func(wait time.Duration, format string, args ...any) {
		text := fmt.Appendf(nil, format, args...)
		r.after(wait, func() { r.fromClock(m, p, text) })
	}
	switch {
	case malformed || request.Type == "sleep" && (request.MS == nil || !(*request.MS >= 0 && *request.MS < 1e12)):
		m.fail(&NodeError{Reason: "sent the service clock a request that is not one: want the type now, or sleep with ms, a number from 0", Line: clip(body), Untimed: true})
	case request.Type == "now":
		answer(0, `{"type":"now_ok","now":%s,"in_reply_to":%d}`, milliseconds(r.now()), request.MsgID)
	case request.Type == "sleep":
		answer(time.Duration(math.Round(*request.MS*1e6)), `{"type":"sleep_ok","in_reply_to":%d}`, request.MsgID)
	default:
		answer(0, `{"type":"error","code":10,"text":"the service clock knows now and sleep","in_reply_to":%d}`, request.MsgID)
	}
}

// fromClock delivers a message of the service clock, unless the process that asked for it is gone.
func (r *run) fromClock(m *member, p *Port, body []byte) {
	if m.Port == p && m.process != nil {
		r.deliverToNode(m, network.Message{Src: clockID, Dest: m.id, Body: body})
	}
}
