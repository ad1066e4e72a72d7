package harness

import (
	"os"
	"sync"
)

// An input feeds a process's stdin. Lines are queued, since a pipe holds little and a node may be
// slow to read, and a goroutine writes them, many at a time.
type input struct {
	pipe *os.File
	now  func() stamp

	memory *memory // in which queued and writing count

	mu      sync.Mutex
	changed sync.Cond // signalled when queued or closed changes
	queued  []byte
	writing int   // bytes taken from queued that are not in the pipe yet
	written int64 // bytes that were put into the pipe so far
	closed  bool
	broken  stamp // when a write failed, as nobody can read it any more; 0 if none has

	// As idle saw it last.
	read  int64 // bytes that the node had taken out of the pipe
	moved stamp // when it last had read something, or everything
}

func newInput(pipe *os.File, now func() stamp, memory *memory) *input {
	in := &input{pipe: pipe, now: now, moved: now(), memory: memory}
	in.changed.L = &in.mu
	return in
}

// add queues a line and returns how many bytes are queued.
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

// close ends feed, even if it is just waiting for the node to read.
func (in *input) close() {
	in.mu.Lock()
	if !in.closed {
		in.memory.add(waiting, -len(in.queued)-in.writing)
	}
	in.closed, in.queued = true, nil
	in.changed.Signal()
	in.mu.Unlock()
	_ = in.pipe.Close() // what it held is of no use any more; a second close is harmless
}

// feed writes what is queued, until close or until nobody can read it any more: then the queue
// stays as it is, and idle tells.
func (in *input) feed() {
	const chunk = 64 << 10 // a pipe's worth, so that progress shows
	const keep = 1 << 20   // bytes of room for what comes next; more is for the collector
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
			if !in.closed { // close has taken off all that was left
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

// refuse takes note that nobody can read the input any more.
func (in *input) refuse() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.closed { // by us
		in.broken = in.now()
	}
}

// refused returns when it was noticed that nobody can read the input any more; 0 if somebody can, for all that is known.
func (in *input) refused() stamp {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.broken
}

// forgive makes idle count from now on.
func (in *input) forgive() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.moved = in.now()
}

// idle implements process.
func (in *input) idle() (waiting int, since stamp) {
	in.mu.Lock()
	defer in.mu.Unlock()
	inPipe := unread(in.pipe)
	waiting = len(in.queued) + in.writing + inPipe
	read := in.written - int64(inPipe)
	if waiting == 0 || read > in.read {
		in.moved = in.now()
	}
	in.read = max(in.read, read) // what was just written may be in the pipe and not yet in written
	return waiting, in.moved
}
