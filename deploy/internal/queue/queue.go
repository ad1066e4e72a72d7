// Package queue has bounded queues of lines.
package queue

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// A Queue is a bounded queue of lines for one reader at a time, such as a connection. It may be used concurrently; one goroutine takes.
type Queue struct {
	Open  context.Context    // until Close
	Close context.CancelFunc // lets Add refuse everything
	most  int                // bytes

	mu      sync.Mutex
	changed sync.Cond
	queued  []byte
	spare   []byte // what Take returned before, to be used again
	broken  bool   // the connection
}

// New returns a queue that holds fewer than so many bytes.
func New(most int) *Queue {
	q := &Queue{most: most}
	q.changed.L = &q.mu
	q.Open, q.Close = context.WithCancel(context.Background())
	context.AfterFunc(q.Open, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.changed.Broadcast()
	})
	return q
}

// Add reports whether there was room for the line.
func (q *Queue) Add(line []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.Open.Err() != nil || len(q.queued)+len(line) >= q.most {
		return false
	}
	q.queued = append(append(q.queued, bytes.TrimSuffix(line, []byte{'\n'})...), '\n')
	q.changed.Signal()
	return true
}

// Take waits for lines and returns all of them; they are valid until the next call. more is false if the connection is broken, or if the queue is closed and
// empty.
func (q *Queue) Take() (batch []byte, more bool) {
	if !q.Await() {
		return nil, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	batch, q.queued = q.queued, q.spare[:0]
	q.spare = batch
	return batch, true
}

// Await waits for a line. It returns false if the connection is broken, or if the queue is closed and empty.
func (q *Queue) Await() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.queued) == 0 && !q.broken && q.Open.Err() == nil {
		q.changed.Wait()
	}
	return len(q.queued) > 0 && !q.broken
}

// Interrupt ends the use of a connection until Resume; what is queued stays.
func (q *Queue) Interrupt() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.broken = true
	q.changed.Broadcast()
}

// Resume lets the next connection take.
func (q *Queue) Resume() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.broken = false
}

// Pause waits for a time. When the queue is closed, it returns at once, and empties the queue, which reaches nobody any more.
func (q *Queue) Pause(d time.Duration) (open bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.Open.Done():
		q.mu.Lock()
		defer q.mu.Unlock()
		q.queued = nil
		return false
	}
}

// Lines returns the number of lines that end in text.
func Lines(text []byte) int64 { return int64(bytes.Count(text, []byte{'\n'})) }
