package node

import (
	"context"
	"fmt"
	"time"
)

// A Machine is the part of a node that decides, apart from messages, timers and clocks: events come in, and envelopes
// come out. It has no goroutines and does no I/O, so a test calls its methods as functions, with the times that it likes.
//
//	   another node's message          a client's request
//	              │                            │
//	Drive:   Receive(from, m, now)     Do(func(machine, now))     Tick(now)  ◀── when Next says
//	              │                            │                      │
//	              └──────────▶  []Envelope, each sent to its Dest  ◀──┘
//
// Times count from the moment at which the node was initialised, by a clock that only goes forward.
type Machine[M any] interface {
	// Receive takes a message from another node.
	Receive(from string, m M, now time.Duration) []Envelope[M]
	// Tick does what is due. An early or a superfluous call does no harm.
	Tick(now time.Duration) []Envelope[M]
	// Next returns the time of the next Tick, or Never. Its answer may change with every event.
	Next() time.Duration
}

// An Envelope is a message of a Machine and the id of the node that it goes to.
type Envelope[M any] struct {
	Dest    string
	Message M
	Early   bool `json:",omitzero"` // of a Durable: the message promises nothing, and need not wait for records
}

// Never is later than any time of a Machine, even after something was added to it.
const Never = time.Duration(1) << 62

// A WallClock is a Machine that also looks at the wall clock, which may be wrong and may be set. SetWallClock is called
// before each event with the time that the wall clock showed when the machine's time was 0, by its present setting.
type WallClock interface{ SetWallClock(zero time.Time) }

// A Driver runs a Machine of type R on a node. Its methods are for functions that have the turn.
type Driver[M any, R Machine[M]] struct {
	Machine R // the zero R before the node has been initialised

	n      *Node
	typ    string
	start  time.Time                                                        // when the machine's time was 0
	offset time.Duration                                                    // of ticks: the node's index in ns, as with Every
	keep   func(out []Envelope[M], now time.Duration) (leave []Envelope[M]) // stores what an event has changed, and holds back what must wait for that
	alarm  struct {
		at   time.Duration // of the next tick, or Never
		stop func()        // ends the timer for it
	}
}

// Drive runs on n the machine that start returns. It calls start when the node is being initialised, at the place of this call among
// the functions of OnInit. The machine's messages to other nodes have the type typ. Drive panics if typ has a handler. Call it before
// Run.
func Drive[M any, R Machine[M]](n *Node, typ string, start func() R) *Driver[M, R] {
	d := newDriver[M, R](n, typ)
	n.OnInit(func(context.Context) error {
		d.begin(start())
		return nil
	})
	return d
}

// newDriver returns a driver that gives its machine the messages of a type.
func newDriver[M any, R Machine[M]](n *Node, typ string) *Driver[M, R] {
	d := &Driver[M, R]{n: n, typ: typ, keep: func(out []Envelope[M], _ time.Duration) []Envelope[M] { return out }}
	d.alarm.at = Never
	Receive(n, typ, func(ctx context.Context, m M) {
		d.Do(func(r R, now time.Duration) []Envelope[M] { return r.Receive(From(ctx), m, now) })
	})
	return d
}

// begin begins the time of the machine.
func (d *Driver[M, R]) begin(machine R) {
	d.start, d.offset = d.n.clock.now(), time.Duration(d.n.Index())
	d.Machine = machine
	if m, ok := any(machine).(fmt.Stringer); ok {
		d.n.text = m.String
	}
	d.Do(func(R, time.Duration) []Envelope[M] { return nil }) // sets the alarm
}

// Do lets an event happen to the machine, a client's request for example, and sends what the machine returns.
func (d *Driver[M, R]) Do(event func(machine R, now time.Duration) []Envelope[M]) {
	now := d.n.clock.now().Sub(d.start)
	if w, ok := any(d.Machine).(WallClock); ok {
		w.SetWallClock(d.n.Now().Add(-now))
	}
	d.send(d.keep(event(d.Machine, now), now))
	d.setAlarm(d.Machine.Next())
}

func (d *Driver[M, R]) send(out []Envelope[M]) {
	for _, e := range out {
		// The only error is that of a broken output, which ends the node.
		_ = Notify(d.n, e.Dest, d.typ, e.Message)
	}
}

// setAlarm makes the next Tick happen at that time and at no other. Ticks are offset by the node's index in ns, as those of Every are.
func (d *Driver[M, R]) setAlarm(at time.Duration) {
	if at == d.alarm.at {
		return
	}
	if d.alarm.stop != nil {
		d.alarm.stop()
	}
	d.alarm.at, d.alarm.stop = at, nil
	if at >= Never {
		return
	}
	d.alarm.stop = d.n.After(d.n.clock.until(d.start.Add(at+d.offset)), func(context.Context) {
		d.alarm.at = Never
		d.Do(R.Tick)
	})
}
