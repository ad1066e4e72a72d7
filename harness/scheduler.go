package harness

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/harness/network"
)

// A scheduler is the one owner of a run's network and timers, and says when what happens. It lives in
// one goroutine, that of Run; others talk to it through the mailbox only.
//
// Time is that of package time. In a testing/synctest bubble that is virtual, and with settle set to
// synctest.Wait the same seed gives the same run: one thing is done at a time, the nodes come to rest after
// it, and what they sent is taken in an order of its own.
type scheduler struct {
	start  time.Time
	mail   *mailbox
	memory memory // that nodes take
	spare  []post // room for posts, reused
	timers timers
	net    *network.Network
	settle func()      // nil in real time
	alarm  *time.Timer // wakes wait

	handle  func(post)            // takes what others posted
	deliver func(network.Message) // takes a message that has arrived

	last time.Duration // the latest time that the network was told
	lag  lagSample     // of all that was done, in real time
	err  error         // what ended the run early
}

func newScheduler(t Test, journal func(network.Event) error) *scheduler {
	s := &scheduler{
		start:  time.Now(),
		memory: memory{limit: t.Limits.Memory},
		settle: t.Settle,
		alarm:  time.NewTimer(0),
	}
	s.mail = newMailbox(t.limits.messages, &s.memory)
	s.net = network.New(network.Config{
		Latency:  t.Latency,
		Dist:     t.LatencyDist,
		Seed:     networkSeed(t),
		Blocking: t.Faithful,
		Journal:  journal,
	})
	return s
}

func networkSeed(t Test) uint64 {
	if t.Excerpt == nil || t.Excerpt.Salt == 0 {
		return t.seedFor("network")
	}
	return t.seedFor("network", fmt.Sprint(t.Excerpt.Salt))
}

// now returns the time since the start of the run. Any goroutine may call it.
func (s *scheduler) now() time.Duration { return time.Since(s.start) }

// networkTime returns the time for the network, which never goes back.
func (s *scheduler) networkTime() time.Duration {
	s.last = max(s.last, s.now())
	return s.last
}

// after plans do for the time d from now.
func (s *scheduler) after(d time.Duration, do func()) { s.timers.add(s.now()+d, do) }

// post hands an event to the scheduler, from any goroutine. It tells whether the
// scheduler still takes any.
func (s *scheduler) post(source int, event any) bool {
	return s.mail.put(post{at: s.now(), source: source, event: event})
}

// fail ends the run. The first error stands.
func (s *scheduler) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// send takes a message on its way. at is when it was sent: a message that waited for the
// scheduler is not later for it, except that the network's time never goes back.
func (s *scheduler) send(at time.Duration, src, dest string, body json.RawMessage) error {
	return s.sendAs(at, src, src, dest, body)
}

// sendAs sends what writer wrote in the name of src.
func (s *scheduler) sendAs(at time.Duration, writer, src, dest string, body json.RawMessage) error {
	s.last = max(s.last, at)
	_, err := s.net.SendAs(s.last, writer, src, dest, body)
	return err
}

// until does what there is to do until done returns true, and waits in between. It returns the error of fail.
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
		// As much is delivered as was taken, or what is under way would grow without an end while somebody writes without one.
		// What is delivered may be requests of a few bytes whose answers are large.
		for range taken {
			if s.err != nil || done() || s.overfull() || !s.step() {
				break
			}
		}
	}
}

// collect handles all that was posted, and returns how much that was.
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
	clear(posts) // lets go of the bodies
	s.spare = posts
	if s.overfull() || flooded {
		s.handle(post{at: s.now(), source: outside, event: flood{}})
	}
	if err := s.net.Err(); err != nil {
		s.fail(fmt.Errorf("harness: %w", err))
	}
	return len(posts)
}

// overfull tells whether the network holds more than it may, or takes memory to more than there may be.
func (s *scheduler) overfull() bool {
	s.memory.set(underWay, s.net.BytesInFlight()+messageCost*s.net.InFlight())
	s.memory.set(addressed, linkCost*s.net.ClientLinks())
	return s.net.InFlight() > s.mail.maxMessages || s.memory.full()
}

// step does one thing that is due: it delivers a message or runs a timer. It
// tells whether there was one.
func (s *scheduler) step() bool {
	now := s.now()
	message, isMessage := s.net.NextDue()
	timer, isTimer := s.timers.next()
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

// lineLimit returns how many bytes a line of a node may have.
func (s *scheduler) lineLimit() int { return int(s.memory.limit / 3) }

// linkCost is what a link of the network takes, roughly.
const linkCost = 256

// late takes note of how late something is done. In virtual time nothing ever is.
func (s *scheduler) late(by time.Duration) {
	if s.settle == nil {
		s.lag.add(max(0, by))
	}
}

// wait returns when something is due or was posted. Which of the two it was makes no difference.
func (s *scheduler) wait() {
	message, isMessage := s.net.NextDue()
	timer, isTimer := s.timers.next()
	due := timer
	if isMessage && (!isTimer || message < timer) {
		due = message
	}
	var alarm <-chan time.Time
	if isMessage || isTimer {
		s.alarm.Reset(due - s.now())
		alarm = s.alarm.C
	}
	select {
	case <-s.mail.wake:
	case <-alarm:
	}
}
