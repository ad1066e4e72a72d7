package kafka

import (
	"encoding/json"

	"glomers/harness/history"
)

// A session has the last messages of each key that one process polled and sent. An assign operation makes it forget all keys
// that are not assigned: a consumer that comes back to a key may begin anywhere.
type session struct {
	polled, sent map[*log]step
}

// A step is the last message of a process's operation.
type step struct {
	entry
	known bool // the operation showed the offset
	op    int  // position in the history
}

// findInSessions looks for errors that show within one process or one poll.
func (a *analysis) findInSessions() {
	sessions := make(map[history.Process]*session)
	for _, ev := range a.events {
		if ev.Type != history.OK && ev.Type != history.Info {
			continue
		}
		s, ok := sessions[ev.Process]
		if !ok {
			s = &session{polled: make(map[*log]step), sent: make(map[*log]step)}
			sessions[ev.Process] = s
		}
		if ev.F == "assign" {
			s.polled, s.sent = keep(s.polled, ev.assign), keep(s.sent, ev.assign)
		}
		for _, b := range ev.polls {
			a.poll(s, b, ev.at)
		}
		for _, e := range ev.sends {
			a.send(s, step{e, ev.Type == history.OK, ev.at})
		}
	}
}

// keep returns the steps in these logs.
func keep(steps map[*log]step, logs []*log) map[*log]step {
	kept := make(map[*log]step)
	for _, l := range logs {
		if s, ok := steps[l]; ok {
			kept[l] = s
		}
	}
	return kept
}

// poll compares each message that a poll returned with the previous one, which may be from an earlier poll. If a poll returns
// an empty list for a key, the next poll may begin anywhere, as in the reference: the reference's clients move on even when a
// poll fails because the offsets could not be committed.
func (a *analysis) poll(s *session, b batch, at int) {
	if len(b.entries) == 0 {
		delete(s.polled, b.log)
	}
	for i, m := range b.entries {
		before, ok := s.polled[b.log]
		now := step{m, true, at}
		s.polled[b.log] = now
		if !ok {
			continue
		}
		delta := distance(before.message, m.message)
		values := [2]json.RawMessage{before.value, m.value}
		ops := [2]int{before.op, at}
		key := b.log.key
		switch {
		case delta > 1 && i > 0:
			a.add(IntPollSkip, IntSkipCase{
				Key: key, Delta: delta, Values: values, Skipped: between(before.message, m.message), Op: at,
				from: before.spot(), to: now.spot(), over: slotsBetween(before.message, m.message),
			})
		case delta > 1:
			a.add(PollSkip, SkipCase{
				Key: key, Delta: delta, Skipped: between(before.message, m.message), Ops: ops,
				from: before.spot(), to: now.spot(), over: slotsBetween(before.message, m.message),
			})
		case delta < 1 && i > 0:
			a.add(IntNonmonotonicPoll, IntNonmonotonicCase{key, delta, values, at, before.spot(), now.spot()})
		case delta < 1:
			a.add(NonmonotonicPoll, NonmonotonicCase{
				Key: key, Delta: delta, Values: values, Ops: ops, from: before.spot(), to: now.spot(),
			})
		}
	}
}

// send compares the place of a message with that of the previous message that the process sent.
func (a *analysis) send(s *session, e step) {
	before, ok := s.sent[e.log]
	s.sent[e.log] = e
	if !ok {
		return
	}
	if delta := distance(before.message, e.message); delta < 1 {
		a.add(NonmonotonicSend, NonmonotonicCase{
			Key: e.log.key, Delta: delta, Values: [2]json.RawMessage{before.value, e.value}, Ops: [2]int{before.op, e.op}, sent: true,
			from: before.spot(), to: e.spot(),
		})
	}
}
