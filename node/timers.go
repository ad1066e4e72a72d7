package node

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// timers runs functions at their times, one at a time, each with the node's turn. All timers of a
// node share one time.Timer, and events due at the same instant run in the order in
// which they were made: separate timers would run in an order that nobody controls.
type timers struct {
	turn *turn

	mu    sync.Mutex
	queue eventQueue
	made  uint64      // events so far, which numbers them
	clock *time.Timer // runs next at the due time of the earliest event
}

// An event is something to do at a time. do is called with the turn and either releases it or passes
// it on.
type event struct {
	due   time.Time
	seq   uint64
	do    func()
	index int // in the queue; -1 when it has run or was stopped
}

// after makes an event that is due in d.
func (ts *timers) after(d time.Duration, do func()) *event {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.made++
	e := &event{due: time.Now().Add(d), seq: ts.made, do: do}
	heap.Push(&ts.queue, e)
	if e.index == 0 {
		ts.arm()
	}
	return e
}

// stop keeps e from running, unless it has already begun.
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
	d := time.Until(ts.queue[0].due)
	if ts.clock == nil {
		ts.clock = time.AfterFunc(d, ts.next)
	} else {
		ts.clock.Reset(d)
	}
}

// next does the earliest event if it is due, and sees to it that the following one is done. It
// sets the clock before it does the event, which may wait for a long time.
func (ts *timers) next() {
	ts.turn.acquire()
	ts.mu.Lock()
	if len(ts.queue) == 0 || time.Now().Before(ts.queue[0].due) {
		ts.arm() // the event that the clock was set for has been stopped
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

// After calls f with the node's turn once d has passed. Before the node has been initialised,
// d counts from that moment. stop, which any goroutine may call, keeps f from being called if it has
// not begun. f's context ends when the node shuts down, after which f is not called.
func (n *Node) After(d time.Duration, f func(ctx context.Context)) (stop func()) {
	s := &schedule{n: n}
	n.whenReady(func() { s.set(d, f) })
	return s.stop
}

// Go calls f with the node's turn, after what holds it now and after the functions given to Go earlier.
// Before the node has been initialised, f waits for that. f's context ends when the node shuts down.
func (n *Node) Go(f func(ctx context.Context)) { n.After(0, f) }

// Every calls f with the node's turn every interval, the first time one interval after the node has been
// initialised. A call that would begin while the one before it waits is left out. stop, which any
// goroutine may call, ends it. f's context ends when the node shuts down.
//
// Ticks are offset by the node's index in NodeIDs in ns, so that those of different nodes never
// fall on the same instant of virtual time.
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

// A schedule is what After and Every set and their stop ends.
type schedule struct {
	n *Node

	mu      sync.Mutex
	event   *event
	stopped bool
}

// set makes f run as a task in d, unless stop was called.
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

// Sleep waits for d, or until ctx ends, whose error it then returns. Called with the context of a
// typed handler or timer it gives the turn to others meanwhile. Called there with another context it does not wait, and
// returns an error.
func (n *Node) Sleep(ctx context.Context, d time.Duration) error {
	w := n.newWaiter(ctx)
	if w.task == nil {
		if err := n.checkStray(ctx); err != nil {
			return err
		}
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

// Blocking calls f, which may wait for whatever it likes, and gives the turn to others
// meanwhile. ctx is the context of the typed handler or timer that calls it: called there with another one, it panics.
func (n *Node) Blocking(ctx context.Context, f func()) {
	t := taskOf(ctx, n)
	if t == nil {
		if err := n.checkStray(ctx); err != nil {
			panic(err)
		}
	}
	t.pause()
	defer t.resume()
	f()
}
