package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Error says which event of a trace no actions explain.
type Error struct {
	Line   int // of the trace, from 1 on
	Event  Event
	Reason string
}

func (e *Error) Error() string {
	what := e.Event.Kind
	if m := e.Event.Message; m != nil {
		what += fmt.Sprintf(" of a %s from %s to %s", m.Type, m.Source, m.Dest)
	}
	return fmt.Sprintf("spec: line %d, %s, %s: %s", e.Line, e.Event.Server, what, e.Reason)
}

// A Checker follows a trace with the specification. The zero value expects the first event.
type Checker struct {
	Taken map[string]int // how often each action was taken so far

	servers  map[string]*server
	written  map[string][]int // of each server: written[n-1] is the image that its first n records leave
	messages network
	lines    int
	history  history
}

// Check returns the first event that no actions explain, as an *Error, and how often each action was taken.
func Check(trace []Event) (taken map[string]int, err error) {
	var c Checker
	for k, e := range trace {
		if err = c.Next(e); err == nil && (k%100 == 0 || k == len(trace)-1) {
			err = c.Invariants()
		}
		if err != nil {
			return c.Taken, err
		}
	}
	return c.Taken, nil
}

// Next takes an event.
func (c *Checker) Next(e Event) error {
	c.lines++
	reason := ""
	s := c.servers[e.Server]
	switch {
	case e.Kind == EventInit && c.servers == nil && len(e.Views) > 0:
		reason = c.init(e.Views)
	case s == nil:
		reason = "the trace has no such server in its first line"
	case e.Kind == EventStep && e.View != nil:
		reason = c.step(s, e)
	case e.Kind == EventWrite && e.Damage != "":
		reason = "a restart could not read the records: " + e.Damage
	case e.Kind == EventWrite:
		reason = c.write(s, e.Images)
	case e.Kind == EventSync:
		reason = c.sync(s, e.Records)
	case e.Kind == EventRestart && e.View != nil:
		reason = c.restart(s, *e.View)
	case e.Message == nil:
		reason = "it is not an event, or lacks something"
	case e.Kind == EventSend:
		reason = c.send(s, *e.Message)
	case e.Kind == EventDrop, e.Kind == EventDuplicate:
		reason = c.travel(e.Kind, *e.Message)
	default:
		reason = "the kind of event is not known"
	}
	if reason != "" {
		return &Error{Line: c.lines, Event: e, Reason: reason}
	}
	return nil
}

// init: all servers are as they are before they have done anything.
func (c *Checker) init(views map[string]View) string {
	c.Taken, c.servers = make(map[string]int), make(map[string]*server)
	c.written, c.messages = make(map[string][]int), make(network)
	for _, id := range slices.Sorted(maps.Keys(views)) {
		v := views[id]
		s := begin(id, image{initial: v.SnapshotMembers})
		if d := (&step{server: s, goal: &v}).differences(); len(d) > 0 {
			return fmt.Sprintf("at the beginning, at %s, %s", id, strings.Join(d, "; "))
		}
		c.servers[id] = &s
	}
	return ""
}

// step: one or more actions of the server lead to what is seen.
func (c *Checker) step(s *server, e Event) string {
	from := step{server: *s, made: e.Made, goal: e.View}
	if e.Message != nil {
		m, ok := c.messages.take(*e.Message)
		if !ok {
			return "no such message is under way"
		}
		from.in = &m
	}
	end, ok := from.explain()
	if !ok {
		return end.reason()
	}
	if err := c.history.note(s, &end.server); err != nil {
		return err.Error()
	}
	*s = end.server
	c.took(end.path...)
	return ""
}

// reason says why the search ended here.
func (s *step) reason() string {
	after := "the specification allows no action"
	if len(s.path) > 0 {
		after = "the closest that the specification allows is " + strings.Join(s.path, ", ")
	}
	why := s.differences()
	if s.in != nil {
		why = append(why, "the message is not handled")
	}
	for _, m := range s.made {
		why = append(why, fmt.Sprintf("it must not send %s", m.key()))
	}
	return after + "; then " + strings.Join(why, "; ")
}

// write: what the disk gets are versions of the durable variables, in order, and the last one is the present.
func (c *Checker) write(s *server, images []Image) string {
	at := 0
	if w := c.written[s.id]; len(w) > 0 {
		at = w[len(w)-1]
	}
	for k, i := range images {
		if k == len(images)-1 {
			at = len(s.disk) - 1
		}
		for at < len(s.disk)-1 && len(s.disk[at].differences(i)) > 0 {
			at++
		}
		if d := s.disk[at].differences(i); len(d) > 0 {
			return "on the disk, " + strings.Join(d, "; ")
		}
		c.written[s.id] = append(c.written[s.id], at)
	}
	return ""
}

// sync: the disk has the first records of this life.
func (c *Checker) sync(s *server, records int) string {
	w := c.written[s.id]
	if records < 1 || records > len(w) {
		return fmt.Sprintf("%d records cannot be on disk: %d were written", records, len(w))
	}
	t := step{server: *s}
	if !t.Sync(w[records-1]) {
		return fmt.Sprintf("the disk had more than %d records", records)
	}
	*s = t.server
	c.took("Sync")
	return ""
}

// send: a message that was made leaves.
func (c *Checker) send(s *server, m Message) string {
	key, early := m.key(), false
	for k, w := range s.outbox {
		if w.key() != key {
			continue
		}
		t := step{server: *s}
		if sent, ok := t.Send(k); ok {
			*s = t.server
			c.messages.put(sent)
			c.took("Send")
			return ""
		}
		early = true
	}
	if early {
		return "what the message promises is not on the disk yet"
	}
	return "the server has made no such message"
}

// travel: a message is lost or doubled.
func (c *Checker) travel(kind string, m Message) string {
	action, do := "DropMessage", c.messages.DropMessage
	if kind == EventDuplicate {
		action, do = "DuplicateMessage", c.messages.DuplicateMessage
	}
	if !do(m) {
		return "no such message is under way"
	}
	c.took(action)
	return ""
}

// restart: the disk has kept what was synced, and perhaps more.
func (c *Checker) restart(s *server, v View) string {
	var why differences
	for kept := s.synced; kept < len(s.disk); kept++ {
		t := step{server: *s, goal: &v}
		if why = nil; !t.Restart(kept) {
			continue
		}
		if why = t.differences(); len(why) == 0 {
			*s, c.written[s.id] = t.server, nil
			c.took("Restart")
			return ""
		}
	}
	return "the disk has lost what it had; with everything that was written, " + strings.Join(why, "; ")
}

func (c *Checker) took(actions ...string) {
	for _, a := range actions {
		c.Taken[a]++
	}
}
