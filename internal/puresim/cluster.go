package puresim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glomers/node"
)

// epoch is the time on a correct wall clock at the virtual time 0. It lies days after 1970, so that other clocks can be
// behind it, and is a multiple of the slots in the tests of broadcast.
var epoch = time.Unix(333_000, 0)

// A Cluster runs the machines of the nodes n0, n1, … over a simulated network, as node.Drive runs a machine on a node. The
// exported functions may be replaced at any time.
type Cluster[M any, R node.Machine[M]] struct {
	Queue
	IDs     []string
	Members []*Member[M, R] // in the order of IDs

	Latency func() time.Duration    // returns the latency of a message sent now; initially 0
	Copies  func(from, to int) int  // returns how many copies of a message sent now arrive; initially 1
	Cut     func(from, to int) bool // reports whether a message that arrives now is dropped; initially Whole

	Sync func() time.Duration   // returns how long a disk takes to sync; if nil, records are on disk at once
	Kept func(unsynced int) int // returns how many records that are not synced a kill leaves; initially none

	// Shared passes messages from machine to machine without copying. It is for machines that never change anything a
	// message refers to. Otherwise, messages go through JSON as on the wire, so that machines share no memory; this takes
	// most of the running time.
	Shared bool

	Sent  int                                // the number of messages so far
	Log   func(from int, e node.Envelope[M]) // called for each message sent
	Lost  func(from, to int)                 // called for each message that arrives at a cut or at a node that is down
	After func(i int)                        // called after each event of node i, before its messages are sent

	begin func(c *Cluster[M, R], i int) R
}

// A Member is a node of a Cluster.
type Member[M any, R node.Machine[M]] struct {
	Machine R // of the latest life
	Down    bool
	Skew    time.Duration // how far its wall clock is ahead
	Paused  time.Duration // the node stands still until this time
	Rate    float64       // how fast the machine's clock runs; 0 stands for 1. It may be set when a life begins

	began time.Duration // when the latest life began
	alarm time.Duration // the machine's time at which it ticks next, or Never
	timer int           // counts alarms; only the latest is valid
	disk  disk[M]
}

// New starts a cluster of n nodes. begin makes the machine for a new life of node i.
func New[M any, R node.Machine[M]](n int, begin func(c *Cluster[M, R], i int) R) *Cluster[M, R] {
	c := &Cluster[M, R]{
		Latency: func() time.Duration { return 0 },
		Copies:  func(int, int) int { return 1 },
		Cut:     Whole,
		Log:     func(int, node.Envelope[M]) {},
		Lost:    func(int, int) {},
		After:   func(int) {},
		Kept:    func(int) int { return 0 },
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

// Start begins a new life of node i, and ends its current life, if any. The machine's time restarts at 0.
func (c *Cluster[M, R]) Start(i int) {
	m := c.Members[i]
	if !m.Down {
		c.Kill(i)
	}
	*m = Member[M, R]{Skew: m.Skew, Rate: m.Rate, began: c.Now(), alarm: node.Never, timer: m.timer, disk: m.disk}
	m.Machine = c.begin(c, i)
	c.step(i, func(R, time.Duration) []node.Envelope[M] { return nil }) // sets the alarm
}

// Kill ends the life of node i. Messages of the node that are under way still arrive.
func (c *Cluster[M, R]) Kill(i int) {
	m := c.Members[i]
	m.Down, m.Paused = true, 0
	m.timer++
	m.disk.end(c.Kept)
}

// Machine returns the machine of node i.
func (c *Cluster[M, R]) Machine(i int) R { return c.Members[i].Machine }

// Wall returns the current time on the wall clock of node i.
func (c *Cluster[M, R]) Wall(i int) time.Time { return epoch.Add(c.Now() + c.Members[i].Skew) }

// Do applies an event, such as a client's request, to node i, and sends the messages that the machine returns. It reports
// whether the node accepted the event: a node that is down or paused does not.
func (c *Cluster[M, R]) Do(i int, event func(machine R, now time.Duration) []node.Envelope[M]) bool {
	if m := c.Members[i]; m.Down || m.Paused > c.Now() {
		return false
	}
	c.step(i, event)
	return true
}

func (c *Cluster[M, R]) step(i int, event func(machine R, now time.Duration) []node.Envelope[M]) {
	m := c.Members[i]
	now := m.time(c.Now())
	if w, ok := any(m.Machine).(node.WallClock); ok {
		w.SetWallClock(c.Wall(i).Add(-now))
	}
	out := event(m.Machine, now)
	c.After(i)
	if d, ok := any(m.Machine).(node.Durable[M]); ok {
		out = c.save(i, d, out)
	}
	for _, e := range out {
		c.send(i, e)
	}
	c.setAlarm(i)
}

// send sends a message over the network.
func (c *Cluster[M, R]) send(from int, e node.Envelope[M]) {
	c.Sent++
	c.Log(from, e)
	to := slices.Index(c.IDs, e.Dest)
	if to < 0 {
		panic(fmt.Sprintf("puresim: %s sends to %q, which is not a node", c.IDs[from], e.Dest))
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

// onTheWire returns a function that returns copies of m as it is now.
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

// setAlarm schedules the next Tick for exactly the time that Next returns.
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
	c.on(i, max(c.Now(), m.when(at)), func() {
		if m.timer == timer {
			m.alarm = node.Never
			c.step(i, R.Tick)
		}
	})
}

// time returns the machine's time at the virtual time t.
func (m *Member[M, R]) time(t time.Duration) time.Duration {
	if m.Rate == 0 {
		return t - m.began
	}
	return time.Duration(float64(t-m.began) * m.Rate)
}

// when returns the virtual time at which the machine's time is at least at.
func (m *Member[M, R]) when(at time.Duration) time.Duration {
	if m.Rate == 0 {
		return m.began + at
	}
	t := m.began + time.Duration(float64(at)/m.Rate)
	for m.time(t) < at {
		t++
	}
	return t
}

// on schedules do for time t, or for the end of node i's pause if that is later.
func (c *Cluster[M, R]) on(i int, t time.Duration, do func()) {
	c.At(t, func() {
		if paused := c.Members[i].Paused; paused > c.Now() {
			c.on(i, paused, do)
			return
		}
		do()
	})
}
