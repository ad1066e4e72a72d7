package node

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A Transport carries the node's messages, one JSON object per line.
//
// ReadLine and Ready are called by one goroutine at a time, WriteLine and Flush by several.
type Transport interface {
	// ReadLine returns the next line without its newline, or io.EOF after the last one. The slice is
	// the caller's to keep.
	ReadLine() ([]byte, error)
	// Ready reports whether ReadLine would return at once. The node flushes before it waits.
	Ready() bool
	// WriteLine queues a line, given without its newline, and does not keep the slice. An
	// error is final: nothing can be written any more.
	WriteLine(line []byte) error
	// Flush writes what is queued, unless another goroutine is just doing that.
	Flush() error
}

const (
	inputBuffer = 64 << 10 // bytes: a Linux pipe's worth
	flushSize   = 64 << 10 // bytes of output that are written without waiting for the input to run dry
	outputLimit = 4 << 20  // bytes that may wait for a slow reader before WriteLine waits too
)

// stdio is the Transport of a process: lines on a reader and a writer.
type stdio struct {
	in  *bufio.Reader
	out io.Writer

	mu       sync.Mutex
	drained  sync.Cond // signalled when a write has ended
	queued   []byte    // lines that wait to be written
	spare    []byte    // the other buffer: being written, or free
	flushing bool      // Invariant: at most one goroutine writes to out
	err      error     // the first error of out
}

// NewStdio returns the Transport over a pair of pipes, as a process has them in stdin
// and stdout.
func NewStdio(in io.Reader, out io.Writer) Transport {
	s := &stdio{in: bufio.NewReaderSize(in, inputBuffer), out: out}
	s.drained.L = &s.mu
	return s
}

func (s *stdio) ReadLine() ([]byte, error) {
	var line []byte
	for {
		part, err := s.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil // the last line has no newline
		default:
			return nil, err
		}
	}
}

func (s *stdio) Ready() bool {
	buffered, _ := s.in.Peek(s.in.Buffered())
	return bytes.IndexByte(buffered, '\n') >= 0
}

func (s *stdio) WriteLine(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.flushing && len(s.queued) > outputLimit && s.err == nil {
		s.drained.Wait()
	}
	s.queued = append(s.queued, line...)
	s.queued = append(s.queued, '\n')
	if len(s.queued) >= flushSize {
		s.flush()
	}
	return s.err
}

func (s *stdio) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
	return s.err
}

// flush writes until the queue is empty. Goroutines that write meanwhile only add to the queue, so one
// system call carries the lines of several (group commit).
func (s *stdio) flush() {
	if s.flushing {
		return
	}
	s.flushing = true
	for len(s.queued) > 0 && s.err == nil {
		batch := s.queued
		s.queued = s.spare[:0]
		s.mu.Unlock()
		_, err := s.out.Write(batch)
		s.mu.Lock()
		s.spare = batch
		if err != nil {
			s.err = fmt.Errorf("node: cannot write output: %w", err)
		}
		s.drained.Broadcast()
	}
	s.flushing = false
}

// Mem is a Transport in memory. The node's end is the Transport; the other end delivers lines to
// the node, and is called with each line that the node writes.
type Mem struct {
	mu      sync.Mutex
	arrived sync.Cond
	queue   [][]byte
	closed  bool

	writing sync.Mutex // Invariant: out is called by one goroutine at a time
	out     func(line []byte)
}

// NewMem returns a Transport that calls out with each line that the node writes, one at a time,
// without its newline. The slice is out's to keep. out must not wait for the node.
func NewMem(out func(line []byte)) *Mem {
	m := &Mem{out: out}
	m.arrived.L = &m.mu
	return m
}

// Deliver queues a line for the node, which keeps the slice. It never waits. Any goroutine may call it. Lines after
// CloseInput are dropped.
func (m *Mem) Deliver(line []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.queue = append(m.queue, line)
	m.arrived.Signal()
}

// CloseInput ends the input after the lines that have been delivered.
func (m *Mem) CloseInput() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.arrived.Signal()
}

// ReadLine implements Transport.
func (m *Mem) ReadLine() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.queue) == 0 {
		if m.closed {
			return nil, io.EOF
		}
		m.arrived.Wait()
	}
	line := m.queue[0]
	m.queue = m.queue[1:]
	return line, nil
}

// Ready implements Transport.
func (m *Mem) Ready() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.queue) > 0 || m.closed
}

// WriteLine implements Transport.
func (m *Mem) WriteLine(line []byte) error {
	m.writing.Lock()
	defer m.writing.Unlock()
	m.out(bytes.Clone(line))
	return nil
}

// Flush implements Transport; nothing is ever queued.
func (m *Mem) Flush() error { return nil }
