package harness

import (
	"io"
	"sync"

	"glomers/harness/record"
	"glomers/internal/proc"
)

// An output records the output of a node: it writes stderr to the node's log file, and keeps the last lines of stdout and
// stderr for error reports. Any goroutine may use it.
type output struct {
	proc.Tail
	fail func(error) // called when the log cannot be written, once

	mu  sync.Mutex
	log io.Writer // nil without a store, and after an error
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
	return o.Tail.Write(b)
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
