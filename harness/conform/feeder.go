package conform

import (
	"os"
	"sync"
)

// A feeder writes queued text to a node's stdin, in a separate goroutine. A pipe has a small buffer, and the goroutine that
// reads the node's output must never wait for the node to read its input.
type feeder struct {
	pipe     *os.File
	progress func() // called after each piece written

	mu      sync.Mutex
	changed sync.Cond // signalled when one of the following changes
	queue   []byte
	held    []byte // the text added while a line is written in pieces
	holding bool   // a line is being written in pieces
	writing bool   // run is in a write
	closing bool   // the pipe is to be closed after the queued text
	broken  bool   // the node does not read any more
	failed  bool   // a write failed because the node had closed its stdin
}

func newFeeder(pipe *os.File, progress func()) *feeder {
	f := &feeder{pipe: pipe, progress: progress}
	f.changed.L = &f.mu
	return f
}

// add queues whole lines.
func (f *feeder) add(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closing || f.broken:
	case f.holding:
		f.held = append(f.held, text...)
	default:
		f.queue = append(f.queue, text...)
	}
	f.changed.Broadcast()
}

// addPiece queues a part of a line. Nothing else is written before the last part.
func (f *feeder) addPiece(text string, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holding = !last
	f.queue = append(f.queue, text...)
	if last {
		f.queue = append(f.queue, f.held...)
		f.held = nil
	}
	f.changed.Broadcast()
}

// end closes the pipe after all queued text has been written.
func (f *feeder) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closing = true
	f.changed.Broadcast()
}

// abort ends run at once. The node must have ended.
func (f *feeder) abort() {
	f.mu.Lock()
	f.broken = true
	f.changed.Broadcast()
	f.mu.Unlock()
	_ = f.pipe.Close() // a second close is harmless
}

// refused reports whether a write has shown that the node has closed its stdin.
func (f *feeder) refused() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// waiting returns how many bytes are queued.
func (f *feeder) waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue) + len(f.held)
}

// flush waits until the queue is empty, or the node does not read any more.
func (f *feeder) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for (len(f.queue) > 0 || f.writing) && !f.broken {
		f.changed.Wait()
	}
}

func (f *feeder) run() {
	const chunk = 64 << 10 // the size of a pipe's buffer, so that progress is reported often
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() { _ = f.pipe.Close() }() // the node can still read the text in the pipe
	for {
		for len(f.queue) == 0 && !f.closing && !f.broken {
			f.changed.Wait()
		}
		if f.broken || len(f.queue) == 0 {
			return
		}
		piece := f.queue[:min(chunk, len(f.queue))]
		f.queue = f.queue[len(piece):]
		f.writing = true
		f.mu.Unlock()
		_, err := f.pipe.Write(piece)
		f.progress()
		f.mu.Lock()
		f.writing = false
		f.failed = err != nil && !f.broken
		f.broken = f.broken || err != nil
		f.changed.Broadcast()
	}
}
