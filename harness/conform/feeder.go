package conform

import (
	"os"
	"sync"
)

// A feeder writes to a node's stdin what is queued, in a goroutine: a pipe holds little, and whoever reads the node's output must
// never wait for the node to read its input.
type feeder struct {
	pipe     *os.File
	progress func() // called after each piece that was written

	mu      sync.Mutex
	changed sync.Cond // signalled when one of the following changes
	queue   []byte
	held    []byte // what add was given while a line is written in pieces
	holding bool
	writing bool
	closing bool // after what is queued
	broken  bool // nobody reads it any more
	failed  bool // for that reason, a write failed
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

// addPiece queues a part of a line. Until the last one, nothing else is written.
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

// end closes the pipe when all that is queued has been written.
func (f *feeder) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closing = true
	f.changed.Broadcast()
}

// abort ends run at once; the node must be gone.
func (f *feeder) abort() {
	f.mu.Lock()
	f.broken = true
	f.changed.Broadcast()
	f.mu.Unlock()
	_ = f.pipe.Close() // a second close is harmless
}

// refused reports whether the node has closed its stdin, as far as a write has shown.
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

// flush waits until nothing is queued, or nobody reads.
func (f *feeder) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for (len(f.queue) > 0 || f.writing) && !f.broken {
		f.changed.Wait()
	}
}

func (f *feeder) run() {
	const chunk = 64 << 10 // a pipe's worth, so that progress shows
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() { _ = f.pipe.Close() }() // what it holds is the node's
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
