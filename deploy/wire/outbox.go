package wire

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// An outbox is a bounded queue of lines for one connection at a time. It may be used concurrently; one goroutine takes.
type outbox struct {
	open  context.Context // until close
	close context.CancelFunc

	mu      sync.Mutex
	changed sync.Cond
	queued  []byte
	spare   []byte // what take returned before, to be used again
	broken  bool   // the connection
}

func newOutbox() *outbox {
	o := &outbox{}
	o.changed.L = &o.mu
	o.open, o.close = context.WithCancel(context.Background())
	context.AfterFunc(o.open, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.changed.Broadcast()
	})
	return o
}

// maxOutbox is the number of bytes that an outbox holds.
const maxOutbox = 8 << 20

// add reports whether there was room for the line.
func (o *outbox) add(line []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open.Err() != nil || len(o.queued)+len(line) >= maxOutbox {
		return false
	}
	o.queued = append(append(o.queued, bytes.TrimSuffix(line, []byte{'\n'})...), '\n')
	o.changed.Signal()
	return true
}

// take waits for lines and returns all of them; they are valid until the next call. more is false if the connection is broken, or if the outbox is closed and
// empty.
func (o *outbox) take() (batch []byte, more bool) {
	if !o.await() {
		return nil, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	batch, o.queued = o.queued, o.spare[:0]
	o.spare = batch
	return batch, true
}

// await waits for a line. It returns false if the connection is broken, or if the outbox is closed and empty.
func (o *outbox) await() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.queued) == 0 && !o.broken && o.open.Err() == nil {
		o.changed.Wait()
	}
	return len(o.queued) > 0 && !o.broken
}

// interrupt ends the use of a connection until resume; what is queued stays.
func (o *outbox) interrupt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = true
	o.changed.Broadcast()
}

func (o *outbox) resume() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = false
}

// pause waits for a time. When the outbox is closed, it returns at once, and empties the outbox, which reaches nobody any more.
func (o *outbox) pause(d time.Duration) (open bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-o.open.Done():
		o.mu.Lock()
		defer o.mu.Unlock()
		o.queued = nil
		return false
	}
}

// lines returns the number of lines that end in text.
func lines(text []byte) int64 { return int64(bytes.Count(text, []byte{'\n'})) }
