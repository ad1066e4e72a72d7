package explore

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// A child is the control.Stepper of a node that is a process. What a program does depends on what it was given alone, so each answer
// is remembered, and a process is needed only for what no node of the exploration was given before (as in local model checking:
// Guerraoui, Yabandeh 2011).
type child struct {
	member *member
	past   *past
	live   *process // was given what past says; nil if none is needed so far
}

// A past is what a process was given since its start, and what it did then.
type past struct {
	before *past
	line   []byte        // the latest that it was given
	now    time.Duration // of its clock
	fired  bool          // the line is the answer to the earliest alarm
	sent   [][]byte      // what it wrote then
	alarms []alarm       // that are set, the earliest first
	next   map[string]*past
	at     *process // that was given exactly this and waits; nil if there is none
	seed   uint64   // GLOMERS_SEED, at the start
	id     string   // of the node, at the start
}

// An alarm is a timer that a program has set by the request sleep.
type alarm struct {
	due time.Duration
	id  int64 // msg_id of the request
}

// Take implements control.Stepper, as do the methods below.
func (c *child) Take(line []byte, now time.Duration) { c.give(atTime(line, now), now, false) }

func (c *child) Due() (at time.Duration, ok bool) {
	if len(c.past.alarms) == 0 {
		return 0, false
	}
	return c.past.alarms[0].due, true
}

func (c *child) Fire(now time.Duration) {
	body := fmt.Appendf(nil, `{"type":"sleep_ok","in_reply_to":%d}`, c.past.alarms[0].id)
	c.give(atTime(envelope(clockID, c.member.id, body), now), now, true)
}

func (c *child) Timers() []time.Duration {
	all := make([]time.Duration, len(c.past.alarms))
	for i, a := range c.past.alarms {
		all[i] = a.due
	}
	return all
}

// End leaves the process for another execution.
func (c *child) End() { c.leave() }

func (c *child) leave() {
	if c.live != nil {
		c.member.world.farm.park(c.live)
		c.live = nil
	}
}

// give gives the program a line. It fails the execution if the program does something wrong.
func (c *child) give(line []byte, now time.Duration, fired bool) {
	w := c.member.world
	if w.err != nil {
		return
	}
	if known := c.past.next[string(line)]; known != nil {
		c.leave()
		c.past = known
	} else {
		var err error
		if c.live == nil {
			c.live, err = w.farm.grow(c.past)
		}
		if err == nil {
			err = w.farm.learn(c.live, line, now, fired)
		}
		if err != nil {
			c.live = nil
			w.fail(fmt.Errorf("explore: node %s: %w", c.member.id, err))
			return
		}
		c.past = c.live.past
	}
	for _, line := range c.past.sent {
		_ = c.member.WriteLine(line) // a member keeps it
	}
}

// after returns the past that follows when the program, given a line, has sent messages and set alarms.
func (p *past) after(line []byte, now time.Duration, fired bool, sent [][]byte, set []alarm) *past {
	alarms := p.alarms
	if fired {
		alarms = alarms[1:]
	}
	if len(set) > 0 {
		alarms = append(slices.Clone(alarms), set...)
		slices.SortStableFunc(alarms, func(a, b alarm) int { return int(a.due - b.due) })
	}
	return &past{before: p, line: line, now: now, fired: fired, sent: sent, alarms: alarms}
}

// differs says in which way q, after the same inputs, is another past; "" if it is not.
func (p *past) differs(q *past) string {
	for i := range max(len(p.sent), len(q.sent)) {
		a, b := messageAt(p.sent, i), messageAt(q.sent, i)
		if !bytes.Equal(a, b) {
			return fmt.Sprintf("it wrote %s, and another time %s", clip(a), clip(b))
		}
	}
	if !slices.Equal(p.alarms, q.alarms) {
		return fmt.Sprintf("it set timers to %v, and another time to %v", due(p.alarms), due(q.alarms))
	}
	return ""
}

func messageAt(sent [][]byte, i int) []byte {
	if i < len(sent) {
		return sent[i]
	}
	return []byte("nothing more")
}

func due(alarms []alarm) (all []time.Duration) {
	for _, a := range alarms {
		all = append(all, a.due)
	}
	return all
}
