package puresim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glomers/node"
)

// epoch is what wall clocks that are right show at the virtual time 0. It is days after 1970, so that other clocks may be behind, and a
// multiple of the slots that broadcast is tested with.
var epoch = time.Unix(333_000, 0)

// A Cluster runs the machines of the nodes n0, n1, … over a simulated network, as node.Drive runs one on a node. The exported
// functions may be replaced at any time.
type Cluster[M any, R node.Machine[M]] struct {
	Queue
	IDs     []string
	Members []*Member[M, R] // in the order of IDs

	Latency func() time.Duration    // returns that of a message sent now; at first 0
	Copies  func(from, to int) int  // returns how often a message sent now arrives; at first once
	Cut     func(from, to int) bool // tells whether a message that arrives now is dropped; at first Whole

	// Shared messages go from machine to machine as they are, for machines that never change anything that a message refers to. Others
	// go through JSON as on the wire, so that machines share no memory. That takes most of the time.
	Shared bool

	Sent  int                                // messages so far
	Log   func(from int, e node.Envelope[M]) // is called for each message sent
	Lost  func(from, to int)                 // is called for each message that arrives at a cut or at a node that is down
	After func(i int)                        // is called after each event of node i, before its messages are sent

	begin func(c *Cluster[M, R], i int) R
}

// A Member is a node of a Cluster.
type Member[M any, R node.Machine[M]] struct {
	Machine R // of its latest life
	Down    bool
	Skew    time.Duration // how much its wall clock is ahead
	Paused  time.Duration // until when the node stands still

	began time.Duration // its latest life
	alarm time.Duration // the time of the machine at which it ticks next, or Never
	timer int           // counts alarms: all but the latest are off
}

// New starts a cluster of n nodes. begin makes the machine of a life of node i.
func New[M any, R node.Machine[M]](n int, begin func(c *Cluster[M, R], i int) R) *Cluster[M, R] {
	c := &Cluster[M, R]{
		Latency: func() time.Duration { return 0 },
		Copies:  func(int, int) int { return 1 },
		Cut:     Whole,
		Log:     func(int, node.Envelope[M]) {},
		Lost:    func(int, int) {},
		After:   func(int) {},
		begin:   begin,
	}
	for i := range n {
		c.IDs = append(c.IDs, fmt.Sprintf("n%d", i))
		c.Members = append(c.Members, new(Member[M, R]))
	}
	for i := range n {
		c.Start(i)
	}
	return c
}

// Start begins a new life of node i, and ends the one that it may have. The machine's time is 0 now.
func (c *Cluster[M, R]) Start(i int) {
	m := c.Members[i]
	*m = Member[M, R]{Skew: m.Skew, began: c.Now(), alarm: node.Never, timer: m.timer + 1}
	m.Machine = c.begin(c, i)
	c.step(i, func(R, time.Duration) []node.Envelope[M] { return nil }) // sets the alarm
}

// Kill ends the life of node i. Its messages that are under way arrive all the same.
func (c *Cluster[M, R]) Kill(i int) {
	m := c.Members[i]
	m.Down, m.Paused = true, 0
	m.timer++
}

// Machine returns the machine of node i.
func (c *Cluster[M, R]) Machine(i int) R { return c.Members[i].Machine }

// Wall returns what the wall clock of node i shows now.
func (c *Cluster[M, R]) Wall(i int) time.Time { return epoch.Add(c.Now() + c.Members[i].Skew) }

// Do lets an event happen to node i, a client's request for example, and sends what the machine returns. It reports
// whether the node took it: one that is down or paused does not.
func (c *Cluster[M, R]) Do(i int, event func(machine R, now time.Duration) []node.Envelope[M]) bool {
	if m := c.Members[i]; m.Down || m.Paused > c.Now() {
		return false
	}
	c.step(i, event)
	return true
}

func (c *Cluster[M, R]) step(i int, event func(machine R, now time.Duration) []node.Envelope[M]) {
	m := c.Members[i]
	now := c.Now() - m.began
	if w, ok := any(m.Machine).(node.WallClock); ok {
		w.SetWallClock(c.Wall(i).Add(-now))
	}
	out := event(m.Machine, now)
	c.After(i)
	for _, e := range out {
		c.send(i, e)
	}
	c.setAlarm(i)
}

// send puts a message on the network.
func (c *Cluster[M, R]) send(from int, e node.Envelope[M]) {
	c.Sent++
	c.Log(from, e)
	to := slices.Index(c.IDs, e.Dest)
	if to < 0 {
		panic(fmt.Sprintf("puresim: %s sends to %q, which is no node", c.IDs[from], e.Dest))
	}
	arrives := func() M { return e.Message }
	if !c.Shared {
		arrives = onTheWire(e.Message)
	}
	for range c.Copies(from, to) {
		c.on(to, c.Now()+c.Latency(), func() {
			if c.Members[to].Down || c.Cut(from, to) {
				c.Lost(from, to)
				return
			}
			m := arrives()
			c.step(to, func(r R, now time.Duration) []node.Envelope[M] { return r.Receive(c.IDs[from], m, now) })
		})
	}
}

// onTheWire returns a function that makes copies of m as it is now.
func onTheWire[M any](m M) func() M {
	body, err := json.Marshal(m)
	return func() (copied M) {
		if err == nil {
			err = json.Unmarshal(body, &copied)
		}
		if err != nil {
			panic(fmt.Sprintf("puresim: message %s: %v", body, err))
		}
		return copied
	}
}

// setAlarm plans the next Tick, at the time that Next returns and at no other.
func (c *Cluster[M, R]) setAlarm(i int) {
	m := c.Members[i]
	at := m.Machine.Next()
	if at == m.alarm {
		return
	}
	m.alarm = at
	m.timer++
	if at >= node.Never {
		return
	}
	timer := m.timer
	c.on(i, max(c.Now(), m.began+at), func() {
		if m.timer == timer {
			m.alarm = node.Never
			c.step(i, R.Tick)
		}
	})
}

// on plans do for the time t, or for when node i is no longer paused.
func (c *Cluster[M, R]) on(i int, t time.Duration, do func()) {
	c.At(t, func() {
		if paused := c.Members[i].Paused; paused > c.Now() {
			c.on(i, paused, do)
			return
		}
		do()
	})
}
