package harness

import (
	"container/heap"
	"time"
)

// A timer is an action of the engine that is due at a given time.
type timer struct {
	due time.Duration // since the start of the run
	seq int           // breaks ties: timers that were added earlier run first
	do  func()
}

// timers is a heap.Interface of timers ordered by (due, seq). A timer cannot be cancelled: its function must check, when it is
// due, whether it still has anything to do.
type timers struct {
	heap []timer
	made int
}

// add schedules do for the time due.
func (t *timers) add(due time.Duration, do func()) {
	heap.Push(t, timer{due: due, seq: t.made, do: do})
	t.made++
}

// next returns the time at which the earliest timer is due; ok is false if there is no timer.
func (t *timers) next() (due time.Duration, ok bool) {
	if len(t.heap) == 0 {
		return 0, false
	}
	return t.heap[0].due, true
}

// pop removes the earliest timer. There must be one.
func (t *timers) pop() timer { return heap.Pop(t).(timer) }

// Len implements heap.Interface, as do the following methods.
func (t *timers) Len() int { return len(t.heap) }

func (t *timers) Less(i, j int) bool {
	if t.heap[i].due != t.heap[j].due {
		return t.heap[i].due < t.heap[j].due
	}
	return t.heap[i].seq < t.heap[j].seq
}

func (t *timers) Swap(i, j int) { t.heap[i], t.heap[j] = t.heap[j], t.heap[i] }

func (t *timers) Push(x any) { t.heap = append(t.heap, x.(timer)) }

func (t *timers) Pop() any {
	last := len(t.heap) - 1
	x := t.heap[last]
	t.heap[last] = timer{}
	t.heap = t.heap[:last]
	return x
}
