package harness

import (
	"os"
	"sync"
)

// An input feeds a process's stdin. A pipe holds little, and a node may read slowly, so lines are queued. A goroutine writes
// them to the pipe, many at a time.
type input struct {
	pipe *os.File
	now  func() stamp

	memory *memory // counts queued and writing

	mu      sync.Mutex
	changed sync.Cond // signalled when queued or closed changes
	queued  []byte
	writing int   // bytes taken from queued but not in the pipe yet
	written int64 // bytes put into the pipe so far
	closed  bool
	broken  stamp // the time when a write failed because the pipe has no reader any more; 0 if none has failed

	// The state at the last call of idle.
	read  int64 // bytes that the node had read from the pipe
	moved stamp // the last time when the node had read something, or had nothing left to read
}

func newInput(pipe *os.File, now func() stamp, memory *memory) *input {
	in := &input{pipe: pipe, now: now, moved: now(), memory: memory}
	in.changed.L = &in.mu
	return in
}

// add queues a line, and returns the number of bytes that are not in the pipe yet.
func (in *input) add(line []byte) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return 0
	}
	in.queued = append(in.queued, line...)
	in.memory.add(waiting, len(line))
	in.changed.Signal()
	return len(in.queued) + in.writing
}

// close ends feed, even while feed waits for the node to read.
func (in *input) close() {
	in.mu.Lock()
	if !in.closed {
		in.memory.add(waiting, -len(in.queued)-in.writing)
	}
	in.closed, in.queued = true, nil
	in.changed.Signal()
	in.mu.Unlock()
	_ = in.pipe.Close() // its content is of no use any more; a second close is harmless
}

// feed writes queued lines to the pipe until close, or until the pipe has no reader any more. In the latter case, the queue
// stays as it is, and idle reports it.
func (in *input) feed() {
	const chunk = 64 << 10 // the size of a pipe, so that in.written shows progress
	const keep = 1 << 20   // a buffer of up to this many bytes is reused; a larger one is left to the garbage collector
	var batch []byte
	for {
		in.mu.Lock()
		for len(in.queued) == 0 && !in.closed {
			in.changed.Wait()
		}
		if in.closed {
			in.mu.Unlock()
			return
		}
		if cap(batch) > keep {
			batch = nil
		}
		batch, in.queued = in.queued, batch[:0]
		in.writing = len(batch)
		in.mu.Unlock()

		for rest := batch; len(rest) > 0; {
			n, err := in.pipe.Write(rest[:min(chunk, len(rest))])
			rest = rest[n:]
			in.mu.Lock()
			in.writing -= n
			in.written += int64(n)
			if !in.closed { // close has subtracted the rest
				in.memory.add(waiting, -n)
			}
			in.mu.Unlock()
			if err != nil {
				in.refuse()
				return
			}
		}
	}
}

// refuse records that the pipe has no reader any more.
func (in *input) refuse() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.closed { // by us
		in.broken = in.now()
	}
}

// refused returns the time at which a write showed that the pipe has no reader any more; 0 if no write has shown that.
func (in *input) refused() stamp {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.broken
}

// forgive makes the time of idle begin now.
func (in *input) forgive() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.moved = in.now()
}

// idle returns the number of bytes that the node has not read, and the time since which it has not read any, as far as earlier
// calls can show.
func (in *input) idle() (waiting int, since stamp) {
	in.mu.Lock()
	defer in.mu.Unlock()
	inPipe := unread(in.pipe)
	waiting = len(in.queued) + in.writing + inPipe
	read := in.written - int64(inPipe)
	if waiting == 0 || read > in.read {
		in.moved = in.now()
	}
	in.read = max(in.read, read) // read can decrease: bytes may be in the pipe before they count in in.written
	return waiting, in.moved
}
