package harness

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"glomers/harness/record"
)

const (
	tailLines = 32      // the number of lines that the reference shows
	tailWidth = 1 << 10 // the most bytes kept of a line
)

// An output records the output of a node: it writes stderr to the node's log file, and keeps the last lines of stdout and
// stderr for error reports. Any goroutine may use it.
type output struct {
	seen func(line []byte) // called with each line of stderr; may be nil
	fail func(error)       // called when the log cannot be written, once

	mu     sync.Mutex
	log    io.Writer         // nil without a store, and after an error
	lines  [tailLines][]byte // a ring; its buffers are reused
	count  int               // lines so far; the next line goes to count % tailLines
	partly []byte            // the unfinished last line of stderr
}

// note keeps a line of stdout.
func (o *output) note(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keep(line)
}

// Write accepts a piece of stderr. It never fails: if the log cannot be written, it is the run that ends, through fail, not the
// reading of the node's output.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.log != nil {
		if _, err := o.log.Write(b); err != nil {
			o.log = nil
			o.fail(err)
		}
	}
	n := len(b)
	for {
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		if room := tailWidth - len(o.partly); room > 0 {
			o.partly = append(o.partly, line[:min(room, len(line))]...)
		}
		if !ended {
			return n, nil
		}
		o.partly = bytes.TrimSuffix(o.partly, []byte{'\r'}) // programs on Windows end lines so
		o.keep(o.partly)
		if o.seen != nil {
			o.seen(o.partly)
		}
		o.partly = o.partly[:0]
		b = rest
	}
}

// lost returns the number of bytes of stderr that are missing in the log because its limit was reached.
func (o *output) lost() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l, ok := o.log.(*record.NodeLog); ok {
		return l.Lost()
	}
	return 0
}

func (o *output) keep(line []byte) {
	slot := &o.lines[o.count%tailLines]
	*slot = append((*slot)[:0], line[:min(tailWidth, len(line))]...)
	o.count++
}

// tail returns the last lines, oldest first.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for i := max(0, o.count-tailLines); i < o.count; i++ {
		lines = append(lines, string(o.lines[i%tailLines]))
	}
	if len(o.partly) > 0 {
		lines = append(lines, string(o.partly))
	}
	return strings.Join(lines, "\n")
}
