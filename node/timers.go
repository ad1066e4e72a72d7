package node

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// timers runs functions at their times, one at a time, each with the node's turn. Events that are due at the same instant run
// in the order in which they were made. For that, all timers of a node share one time.Timer: the Go runtime starts separate
// timers of one instant in any order.
type timers struct {
	turn  *turn
	clock *clock
	alarm func(at time.Time) // makes the service clock call due, in virtual time

	mu    sync.Mutex
	queue eventQueue
	made  uint64      // how many events were made so far
	timer *time.Timer // calls next when the earliest event is due
}

// An event is a function and the time to call it. do is called with the turn, and must release it or pass it on.
type event struct {
	due   time.Time
	seq   uint64
	do    func()
	index int // in the queue; -1 after the event has begun or was stopped
}

// after makes an event that is due after d.
func (ts *timers) after(d time.Duration, do func()) *event {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.made++
	e := &event{due: ts.clock.now().Add(d), seq: ts.made, do: do}
	heap.Push(&ts.queue, e)
	if e.index == 0 {
		ts.arm()
	}
	return e
}

// stop prevents e, unless it has begun.
func (ts *timers) stop(e *event) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if e.index >= 0 {
		heap.Remove(&ts.queue, e.index)
	}
}

// arm sets the clock to the earliest event.
func (ts *timers) arm() {
	if len(ts.queue) == 0 {
		return
	}
	if ts.clock.virtual {
		ts.alarm(ts.queue[0].due)
		return
	}
	d := time.Until(ts.queue[0].due)
	if ts.timer == nil {
		ts.timer = time.AfterFunc(d, ts.next)
	} else {
		ts.timer.Reset(d)
	}
}

// next does the earliest event if that is due.
func (ts *timers) next() {
	ts.turn.acquire()
	ts.due()
}

// due does the earliest event if that is due. The caller has the turn, which passes to the event. Before that it sets the clock for the one
// after it, since the event may wait for a long time.
func (ts *timers) due() {
	ts.mu.Lock()
	if len(ts.queue) == 0 || ts.clock.now().Before(ts.queue[0].due) {
		ts.arm() // the event for which the clock was set has been stopped
		ts.mu.Unlock()
		ts.turn.release()
		return
	}
	e := heap.Pop(&ts.queue).(*event)
	ts.arm()
	ts.mu.Unlock()
	e.do()
}

// eventQueue is a heap.Interface ordered by time, then by age.
type eventQueue []*event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].seq < q[j].seq
}

func (q eventQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *eventQueue) Push(x any) {
	e := x.(*event)
	e.index = len(*q)
	*q = append(*q, e)
}

func (q *eventQueue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.index = -1
	return e
}

// After calls f with the node's turn once d has passed. If the node has not been initialised, d counts from its
// initialisation. stop prevents the call unless f has begun; any goroutine may call it. The context of f ends when the node shuts
// down, and no f begins after that.
func (n *Node) After(d time.Duration, f func(ctx context.Context)) (stop func()) {
	s := &schedule{n: n}
	n.whenReady(func() { s.set(d, f) })
	return s.stop
}

// Go calls f with the node's turn as soon as possible: after its present holder, and after the functions given to Go earlier. If the
// node has not been initialised, f waits for that. The context of f ends when the node shuts down.
func (n *Node) Go(f func(ctx context.Context)) { n.After(0, f) }

// Every calls f with the node's turn every interval, the first time one interval after the node's initialisation. While
// a call waits, further ones are left out. stop ends the calls; any goroutine may call it. The context of f ends when the node
// shuts down.
//
// The calls are offset by the node's index in NodeIDs, in ns, so that in virtual time no two nodes tick at the same instant.
func (n *Node) Every(interval time.Duration, f func(ctx context.Context)) (stop func()) {
	if interval <= 0 {
		panic("node: Every needs an interval above 0")
	}
	s := &schedule{n: n}
	busy := false // Invariant: read and written with the turn only
	var tick func(ctx context.Context)
	tick = func(ctx context.Context) {
		s.set(interval, tick)
		if busy {
			return
		}
		busy = true
		defer func() { busy = false }()
		f(ctx)
	}
	n.whenReady(func() { s.set(interval+time.Duration(max(0, n.Index())), tick) })
	return s.stop
}

// A schedule is the state that a function returned by After or Every, their stop, works on.
type schedule struct {
	n *Node

	mu      sync.Mutex
	event   *event
	stopped bool
}

// set makes f run as a task after d, unless stop was called.
func (s *schedule) set(d time.Duration, f func(ctx context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.event = s.n.timers.after(d, func() {
		if s.n.background.Err() != nil {
			s.n.turn.release()
			return
		}
		s.n.inflight.begin()
		s.n.run(&task{Context: s.n.background, n: s.n}, func(t *task) {
			_ = s.n.protect("a timer", func() error { f(t); return nil }) // reported by protect
		})
	})
}

func (s *schedule) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	if s.event != nil {
		s.n.timers.stop(s.event)
	}
}

// Sleep waits for d, or until ctx ends. Then it returns the error of ctx. A typed handler or a timer's function passes its own
// context, and gives the turn to others while it sleeps; with another context, Sleep returns an error there at once.
func (n *Node) Sleep(ctx context.Context, d time.Duration) error {
	w := n.newWaiter(ctx)
	if w.task == nil {
		if err := n.checkStray(ctx); err != nil {
			return err
		}
	}
	if w.task == nil && !n.clock.virtual {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	e := n.timers.after(d, func() { n.wake(&w, false) })
	defer n.timers.stop(e)
	return n.wait(ctx, &w)
}

// Blocking calls f, which may wait for anything, and gives the turn to others meanwhile. A typed handler or a timer's function
// passes its own context; with another one, Blocking panics there.
func (n *Node) Blocking(ctx context.Context, f func()) {
	t := taskOf(ctx, n)
	if t == nil {
		if err := n.checkStray(ctx); err != nil {
			panic(err)
		}
	}
	n.clock.loose.begin()
	defer n.clock.loose.end()
	t.pause()
	defer t.resume()
	f()
}
