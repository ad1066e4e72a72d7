package node

import (
	"maps"
	"slices"
	"time"

	"glomers/internal/control"
)

func init() {
	control.Seed = func(n any, seed uint64) { n.(*Node).reseed(seed) }
	control.Step = func(n any, now time.Duration, spawn func(func())) control.LocalStepper {
		s := stepper{n.(*Node)}
		s.n.clock.ns.Store(int64(now))
		s.n.spawn, s.n.clock.virtual = spawn, true
		s.n.timers.alarm = func(time.Time) {} // the caller asks when the next one is due
		return s
	}
}

// reseed seeds the node's random numbers anew.
func (n *Node) reseed(seed uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seed = seed
	n.seedRand(n.id)
}

// A stepper is the control.LocalStepper of a node.
type stepper struct{ n *Node }

// Take implements control.LocalStepper, as do the methods below.
func (s stepper) Take(line []byte, now time.Duration) {
	s.n.clock.ns.Store(int64(now))
	s.n.received.Add(1)
	s.n.take(line)
	s.n.awaitRest()
}

func (s stepper) Due() (at time.Duration, ok bool) {
	ts := &s.n.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if len(ts.queue) == 0 {
		return 0, false
	}
	return ts.queue[0].due.Sub(virtualEpoch), true
}

func (s stepper) Fire(now time.Duration) {
	s.n.clock.ns.Store(int64(now))
	s.n.turn.acquire()
	s.n.spawn(s.n.timers.due)
	s.n.awaitRest()
}

func (s stepper) Do(f func(), now time.Duration) {
	s.n.clock.ns.Store(int64(now))
	f()
	s.n.awaitRest()
}

func (s stepper) Timers() []time.Duration {
	ts := &s.n.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	all := make([]time.Duration, len(ts.queue))
	for i, e := range ts.queue {
		all[i] = e.due.Sub(virtualEpoch)
	}
	slices.Sort(all)
	return all
}

// End wakes whoever waits. A wait of a node that has ended does not return (see wait).
func (s stepper) End() {
	n := s.n
	n.dead.Store(true)
	n.cancel.background()
	n.cancel.requests()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.noReplies.Store(true)
	for _, id := range slices.Sorted(maps.Keys(n.pending)) {
		if c := n.pending[id]; c.callback == nil && c.task == nil && !c.claimed {
			c.claimed = true
			c.place.called <- struct{}{}
		}
	}
}
