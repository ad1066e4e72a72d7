// Package puresim lets tests run the pure part of nodes, each a node.Machine, in virtual time: messages and timers are
// events in a queue. The same calls give the same run. Only tests may import it.
package puresim

import (
	"container/heap"
	"time"
)

// A Queue holds the future events. The zero value is empty, with the time 0. It is for one goroutine.
type Queue struct {
	now    time.Duration
	events events
	made   int
}

// Now returns the virtual time: the time of the current event, or the end of the last Run.
func (q *Queue) Now() time.Duration { return q.now }

// At schedules do for time t, which must not have passed, after any events already scheduled for t. Events may schedule
// others.
func (q *Queue) At(t time.Duration, do func()) {
	q.made++
	heap.Push(&q.events, event{t, q.made, do})
}

// Run advances the time to t and runs all events that are scheduled up to and including t.
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
