package record

import (
	"bufio"
	"errors"
	"io"
)

// maxLine is how many bytes of a line are kept, of the beginning.
const maxLine = 1 << 20

// Lines reads the lines of a file that may still grow.
type Lines struct {
	r      *bufio.Reader
	partly []byte // a line that is longer than the buffer of r, or that is not whole yet: its beginning
	more   int    // bytes of the line after that
	whole  bool   // the line has been returned
}

// NewLines returns the lines of r.
func NewLines(r io.Reader) *Lines { return &Lines{r: bufio.NewReaderSize(r, 256<<10)} }

// Next returns the next line without its end, or maxLine bytes of the line, and how many more it has. The line is good until the next call.
// The error is io.EOF as long as the end of the line has not been written.
func (l *Lines) Next() (line []byte, more int, err error) {
	if l.whole {
		l.partly, l.more, l.whole = l.partly[:0], 0, false
	}
	for {
		part, err := l.r.ReadSlice('\n')
		if err == nil {
			part = part[:len(part)-1]
			if len(l.partly) == 0 {
				return part, 0, nil
			}
			l.whole = true
		}
		room := min(maxLine-len(l.partly), len(part))
		l.partly = append(l.partly, part[:room]...)
		l.more += len(part) - room
		if err == nil {
			return l.partly, l.more, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, 0, err
		}
	}
}

// Unfinished reports whether there is the beginning of a line.
func (l *Lines) Unfinished() bool { return len(l.partly) > 0 && !l.whole }
