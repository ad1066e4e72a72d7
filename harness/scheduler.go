package harness

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/harness/choice"
	"glomers/harness/network"
)

// A scheduler is the event loop of a run, and the only owner of its network and timers. It runs in the goroutine of Run. Other
// goroutines communicate with it only through the mailbox.
//
// The time is that of package time. In a testing/synctest bubble it is virtual. If settle is also set to synctest.Wait, the
// same seed gives the same run: the scheduler does one thing at a time, waits until the nodes are idle, and takes the messages
// that they have sent in a fixed order (see sortPosts).
type scheduler struct {
	clock    clock
	mail     *mailbox
	memory   memory // memory that nodes take
	spare    []post // a slice that take reuses
	timers   timers
	net      *network.Network
	settle   func()        // nil in real time
	active   *activity     // nil unless the scheduler itself makes virtual time
	atOnce   int           // in virtual time, the number of deliveries and timers since the time last went on
	most     int           // the most of these
	patience time.Duration // in virtual time, for an answer to idle, in real time
	alarm    *time.Timer   // wakes wait

	handle  func(post)            // handles a post from another goroutine
	deliver func(network.Message) // hands an arrived message to its receiver

	last time.Duration // the latest time passed to the network
	lag  lagSample     // of all deliveries and timers; empty in virtual time
	err  error         // the error that ended the run early
}

func newScheduler(t Test, journal func(network.Event) error) *scheduler {
	s := &scheduler{
		clock:  clock{start: time.Now()},
		memory: memory{limit: t.Limits.Memory},
		settle: t.Settle,
		alarm:  time.NewTimer(0),
	}
	s.mail = newMailbox(t.limits.messages, &s.memory)
	hop := time.Duration(0)
	if t.Virtual {
		s.active, s.patience, s.most, hop = newActivity(), t.limits.patience, t.limits.atOnce, virtualHop
		s.settle = s.active.rest
		s.clock.hold(0)
	}
	s.net = network.New(network.Config{
		Latency:  t.Latency,
		Dist:     t.LatencyDist,
		Hop:      hop,
		Gate:     networkGate(t),
		Blocking: t.Faithful,
		Journal:  journal,
	})
	return s
}

func networkGate(t Test) choice.Gate {
	if t.Excerpt == nil || t.Excerpt.Salt == 0 {
		return t.gate.Sub("network")
	}
	return t.gate.Sub(fmt.Sprint("network\x00", t.Excerpt.Salt))
}

// now returns the time of the run's clock. Any goroutine may call it.
func (s *scheduler) now() time.Duration { return s.clock.now() }

// networkTime returns the current time for the network, which never decreases.
func (s *scheduler) networkTime() time.Duration {
	s.last = max(s.last, s.now())
	return s.last
}

// stand makes the run stand still: its clock, and the output of nodes, which is not read except for those that are always heard.
// Posts are taken all the same, and what is due at the time at which the clock stands is delivered.
func (s *scheduler) stand() {
	s.clock.hold(s.networkTime())
	s.mail.hold(true)
}

// goOn lets the run go on.
func (s *scheduler) goOn() {
	s.clock.release()
	s.mail.hold(false)
}

// after schedules do for the time d from now.
func (s *scheduler) after(d time.Duration, do func()) { s.timers.add(s.now()+d, do) }

// post hands an event to the scheduler. Any goroutine may call it. It reports whether the scheduler accepted the event.
func (s *scheduler) post(source int, event any) bool {
	return s.mail.put(post{at: s.now(), source: source, event: event})
}

// fail ends the run with err. Only the first error counts.
func (s *scheduler) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// send puts a message on the network. at is the time when it was sent, so that waiting for the scheduler does not delay the
// message; but the network's time never decreases.
func (s *scheduler) send(at time.Duration, src, dest string, body json.RawMessage) error {
	return s.sendAs(at, src, src, dest, body)
}

// sendAs sends a message that writer wrote in the name of src.
func (s *scheduler) sendAs(at time.Duration, writer, src, dest string, body json.RawMessage) error {
	if s.clock.standing() {
		at = min(at, s.now()) // a post of the moment before may be a little later, and would not arrive
	}
	s.last = max(s.last, at)
	_, err := s.net.SendAs(s.last, writer, src, dest, body)
	return err
}

// until runs the event loop until done returns true. It returns early, with the error, after fail.
func (s *scheduler) until(done func() bool) error {
	for {
		taken := s.collect()
		if s.err != nil {
			return s.err
		}
		if done() {
			return nil
		}
		if !s.step() {
			s.wait()
			continue
		}
		if s.settle != nil {
			continue // one thing at a time
		}
		// After taking n posts, the loop delivers up to n messages. Otherwise, the number of messages under way would grow
		// without bound while a node writes without pause. overfull is checked each time, since small requests may have large
		// answers.
		for range taken {
			if s.err != nil || done() || s.overfull() || !s.step() {
				break
			}
		}
	}
}

// collect handles all posts, and returns their number.
func (s *scheduler) collect() (taken int) {
	if s.settle != nil {
		s.settle()
	}
	posts, flooded := s.mail.take(s.spare)
	if s.settle != nil {
		sortPosts(posts)
	}
	for _, p := range posts {
		s.handle(p)
	}
	clear(posts) // frees the bodies
	s.spare = posts
	if s.overfull() || flooded {
		s.handle(post{at: s.now(), source: outside, event: flood{}})
	}
	if err := s.net.Err(); err != nil {
		s.fail(fmt.Errorf("harness: %w", err))
	}
	return len(posts)
}

// overfull reports whether too many messages are under way, or the memory that nodes take exceeds its limit.
func (s *scheduler) overfull() bool {
	s.memory.set(underWay, s.net.BytesInFlight()+messageCost*s.net.InFlight())
	s.memory.set(addressed, linkCost*s.net.ClientLinks())
	return s.net.InFlight() > s.mail.maxMessages || s.memory.full()
}

// step does one thing that is due: it delivers a message or runs a timer. It reports whether anything was due.
func (s *scheduler) step() bool {
	now := s.now()
	message, isMessage := s.net.NextDue()
	timer, isTimer := s.timers.next()
	if s.atOnce++; s.active != nil && s.atOnce > s.most {
		s.fail(fmt.Errorf("harness: time does not go on: at %.3f s, %d timers and messages were due at one instant; does a node sleep for 0 ms again and again?", now.Seconds(), s.most))
		return true
	}
	switch {
	case isMessage && message <= now && (!isTimer || message <= timer):
		s.last = max(s.last, now)
		if m, due, ok := s.net.Deliver(s.last); ok {
			s.late(now - due)
			s.deliver(m)
		}
		return true
	case isTimer && timer <= now:
		s.late(now - timer)
		s.timers.pop().do()
		return true
	}
	return false
}

// lineLimit returns the maximal length of a node's line in bytes.
func (s *scheduler) lineLimit() int { return int(s.memory.limit / 3) }

// linkCost is the approximate size of a link of the network in bytes.
const linkCost = 256

// late records how late a delivery or a timer is. In virtual time, nothing is ever late.
func (s *scheduler) late(by time.Duration) {
	if s.settle == nil {
		s.lag.add(max(0, by))
	}
}

// wait returns when a message or a timer is due, or when an event was posted. While the clock is held, only a post ends it.
func (s *scheduler) wait() {
	message, isMessage := s.net.NextDue()
	timer, isTimer := s.timers.next()
	due := timer
	if isMessage && (!isTimer || message < timer) {
		due = message
	}
	if s.active != nil {
		s.active.rest() // the posts that were just handled may have given somebody something to do
		if s.mail.empty() && (isMessage || isTimer) {
			s.clock.advance(max(due, s.now()))
			s.atOnce = 0
			return
		}
	}
	var alarm <-chan time.Time
	if (isMessage || isTimer) && !s.clock.standing() {
		s.alarm.Reset(due - s.now())
		alarm = s.alarm.C
	}
	select {
	case <-s.mail.wake:
	case <-alarm:
	}
}
