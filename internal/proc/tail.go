package proc

import (
	"bytes"
	"strings"
	"sync"
)

const (
	tailLines = 32      // the number of lines that the reference shows
	tailWidth = 1 << 10 // the most bytes kept of a line
)

// A Tail keeps the last lines that a program has written, for error reports. Any goroutine may use it.
type Tail struct {
	Seen func(line []byte) // called with each line that Write completes; may be nil

	mu     sync.Mutex
	lines  [tailLines][]byte // a ring; its buffers are reused
	count  int               // lines so far; the next line goes to count % tailLines
	partly []byte            // the unfinished last line of Write
}

// Note keeps a line.
func (t *Tail) Note(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(line)
}

// Write accepts a piece of the program's output. It never fails.
func (t *Tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(b)
	for {
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		if room := tailWidth - len(t.partly); room > 0 {
			t.partly = append(t.partly, line[:min(room, len(line))]...)
		}
		if !ended {
			return n, nil
		}
		t.partly = bytes.TrimSuffix(t.partly, []byte{'\r'}) // programs on Windows end lines so
		t.keep(t.partly)
		if t.Seen != nil {
			t.Seen(t.partly)
		}
		t.partly = t.partly[:0]
		b = rest
	}
}

func (t *Tail) keep(line []byte) {
	slot := &t.lines[t.count%tailLines]
	*slot = append((*slot)[:0], line[:min(tailWidth, len(line))]...)
	t.count++
}

// String returns the last lines, oldest first.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for i := max(0, t.count-tailLines); i < t.count; i++ {
		lines = append(lines, string(t.lines[i%tailLines]))
	}
	if len(t.partly) > 0 {
		lines = append(lines, string(t.partly))
	}
	return strings.Join(lines, "\n")
}
