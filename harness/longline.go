package harness

import (
	"fmt"

	"glomers/internal/wording"
)

// A longLine is the beginning of a line of stdout that is longer than the read buffer. It counts as memory that nodes take; see
// Limits.Memory.
type longLine struct {
	port *Port
	text []byte
	lost bool // the line was too long; the rest up to the newline is read but dropped, so that the node does not hang
}

func (l *longLine) empty() bool { return len(l.text) == 0 && !l.lost }

// add appends a part of the line.
func (l *longLine) add(part []byte) {
	p := l.port
	switch limit := p.run.lineLimit(); {
	case l.lost || p.broken.Load():
		l.drop()
		l.lost = true
	case len(l.text)+len(part) > limit:
		p.fail(&NodeError{
			Kind:   BadLine,
			Reason: fmt.Sprintf("wrote a line of more than %s to stdout; a line may have a third of what --max-memory (Limits.Memory) says", wording.Bytes(limit)),
			Line:   clip(l.text),
			Number: p.lines + 1,
		})
		l.drop()
		l.lost = true
	default:
		l.text = append(l.text, part...)
		p.begun.Add(int64(len(part)))
		if !p.run.memory.add(unended, len(part)) {
			p.run.post(outside, flood{})
			l.lost = true // the text is kept until the scheduler has made the error
		}
	}
}

// end passes the line to the port.
func (l *longLine) end() {
	if !l.lost {
		l.port.Line(l.text[:len(l.text)-1])
	}
	l.drop()
	l.lost = false
}

func (l *longLine) drop() {
	l.port.run.memory.add(unended, -len(l.text))
	l.port.begun.Add(-int64(len(l.text)))
	l.text = nil
}
