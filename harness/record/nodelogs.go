package record

import (
	"fmt"
	"io"
	"sync"
)

// nodeLogs divides Limits.Logs among the logs of the nodes: half of it in equal shares, and half to whoever needs more first.
type nodeLogs struct {
	reason string // why there are not more bytes

	mu    sync.Mutex
	share int64 // of each node
	pool  int64 // for all, what is left
}

func newNodeLogs(limit int64, nodes int, reason string) *nodeLogs {
	share := limit / 2 / int64(max(1, nodes))
	return &nodeLogs{reason: reason, share: share, pool: limit - share*int64(nodes)}
}

// take returns how much of n bytes a log may write that has used so much.
func (l *nodeLogs) take(used int64, n int) int {
	own := max(0, min(l.share-used, int64(n)))
	l.mu.Lock()
	defer l.mu.Unlock()
	more := min(int64(n)-own, l.pool)
	l.pool -= more
	return int(own + more)
}

// lastBytes is how much of what did not fit into a log is written at its end after all.
const lastBytes = 16 << 10

// A NodeLog is the file of a node's stderr. Beyond what it may take, it has the end of what the node wrote. Its owner has a lock.
type NodeLog struct {
	file io.WriteCloser
	logs *nodeLogs

	used    int64
	full    bool   // from now on nothing fits, so that no line stands there without those before it
	last    []byte // the end of what did not fit; twice lastBytes at most
	dropped int64  // bytes that did not fit, those in last included
}

// Write takes a piece of stderr.
func (l *NodeLog) Write(b []byte) (int, error) {
	fits := 0
	if !l.full {
		fits = l.logs.take(l.used, len(b))
		l.used += int64(fits)
		if _, err := l.file.Write(b[:fits]); err != nil {
			return 0, err
		}
	}
	if rest := b[fits:]; len(rest) > 0 {
		if !l.full {
			l.full = true
			if err := l.mark("from here on, stderr is dropped but for its end, as %s", l.logs.reason); err != nil {
				return 0, err
			}
		}
		l.drop(rest)
	}
	return len(b), nil
}

// mark writes a line of ours.
func (l *NodeLog) mark(format string, args ...any) error {
	_, err := fmt.Fprintf(l.file, "\nglomers: "+format+"\n", args...)
	return err
}

func (l *NodeLog) drop(b []byte) {
	l.dropped += int64(len(b))
	b = b[max(0, len(b)-lastBytes):]
	if len(l.last)+len(b) > 2*lastBytes {
		l.last = append(l.last[:0], l.last[len(l.last)-lastBytes:]...)
	}
	l.last = append(l.last, b...)
}

// Lost returns how many bytes are in the log neither at its beginning nor at its end.
func (l *NodeLog) Lost() int64 {
	return l.dropped - int64(min(len(l.last), lastBytes))
}

// Close writes the end, if there is more than was written.
func (l *NodeLog) Close() error {
	var err error
	if l.dropped > 0 {
		end := l.last[max(0, len(l.last)-lastBytes):]
		err = l.mark("%d bytes of stderr dropped, as %s; the last %d bytes are:", l.Lost(), l.logs.reason, len(end))
		if err == nil {
			_, err = l.file.Write(end)
		}
	}
	if closeErr := l.file.Close(); err == nil {
		err = closeErr
	}
	return err
}
