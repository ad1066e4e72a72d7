package harness

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
)

// A halfLine is the text that a node has written to stdout since the last newline. A node that forgets the newline, and then
// waits for a reply, seems to be silent.
type halfLine struct {
	mu    sync.Mutex
	text  []byte // the beginning of the text
	size  int
	since stamp // when the text last grew
}

// watch returns a reader that reads from r and records the unfinished line.
func (h *halfLine) watch(r io.Reader, now func() stamp) io.Reader {
	return readerFunc(func(b []byte) (int, error) {
		n, err := r.Read(b)
		if n > 0 {
			h.note(b[:n], now())
		}
		return n, err
	})
}

func (h *halfLine) note(b []byte, at stamp) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		b, h.text, h.size = b[i+1:], h.text[:0], 0
	}
	h.text = append(h.text, b[:min(len(b), exampleWidth-len(h.text))]...)
	h.size += len(b)
	h.since = at
}

func (h *halfLine) look() (text string, size int, since stamp) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return string(bytes.ToValidUTF8(h.text, nil)), h.size, h.since
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// unfinished returns the beginning and the size of the node's unfinished line of stdout, and the time when the line last grew.
// The size is 0 if there is no such line. A node in this process never has one.
func (m *member) unfinished() (text string, size int, since stamp) {
	if p, ok := m.process.(interface {
		unfinished() (text string, size int, since stamp)
	}); ok {
		return p.unfinished()
	}
	return "", 0, 0
}

// noteUnfinished adds a note for each node whose stdout has ended in an unfinished line for so long that it is not a coincidence.
func (r *run) noteUnfinished() {
	const accident = time.Second
	for _, m := range r.nodes {
		if text, size, since := m.unfinished(); size > 0 && r.now()-since >= accident {
			r.notes = append(r.notes, fmt.Sprintf("%s wrote %d bytes to stdout that no newline ends, the last at %.3f s, so that nobody has got them: %s",
				m.id, size, since.Seconds(), text))
		}
	}
}
