// Package puresim lets tests run the pure part of nodes, a node.Machine each, in virtual time: messages and
// timers are events in a queue. The same calls give the same run. Only tests may import it.
package puresim

import (
	"container/heap"
	"time"
)

// A Queue has the events to come. The zero value is empty, and its time is 0. It is for one goroutine.
type Queue struct {
	now    time.Duration
	events events
	made   int
}

// Now returns the virtual time: that of the event under way, or the end of the last Run.
func (q *Queue) Now() time.Duration { return q.now }

// At plans do for the time t, which has not passed, after what is planned for t already. Events may plan others.
func (q *Queue) At(t time.Duration, do func()) {
	q.made++
	heap.Push(&q.events, event{t, q.made, do})
}

// Run lets the time pass until t, and everything happen that is planned until then, t included.
func (q *Queue) Run(t time.Duration) {
	for len(q.events) > 0 && q.events[0].at <= t {
		e := heap.Pop(&q.events).(event)
		q.now = e.at
		e.do()
	}
	q.now = t
}

// An event is a function to be called at a time.
type event struct {
	at  time.Duration
	seq int
	do  func()
}

// events is a heap with the next event on top.
type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
