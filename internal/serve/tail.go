package serve

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"glomers/harness/history"
)

const (
	maxLine  = 1 << 20 // bytes of a line that is kept whole
	lineHead = 4 << 10 // bytes that are kept of a longer one
)

// errTooLong says that a history is longer than any page shows.
var errTooLong = errors.New("serve: the history is too long")

// A tail reads the lines of a file that grows.
type tail struct {
	r    *bufio.Reader
	left int64 // bytes that may be read

	partly []byte // a line, as far as it has been read
	long   bool   // it is longer than maxLine: partly is its beginning
	whole  bool   // it has been returned
}

func newTail(r io.Reader) *tail {
	return &tail{r: bufio.NewReaderSize(r, 64<<10), left: history.MaxFile}
}

// next returns the next line, which is valid until the next call; of a long one the beginning. The error is io.EOF as long as its end has not been
// written.
func (t *tail) next() (line []byte, long bool, err error) {
	if t.whole {
		t.partly, t.long, t.whole = t.partly[:0], false, false
	}
	for t.left > 0 {
		part, err := t.r.ReadSlice('\n')
		t.left -= int64(len(part))
		if !t.long {
			t.partly = append(t.partly, part...)
		}
		if len(t.partly) > maxLine {
			t.partly, t.long = append([]byte(nil), t.partly[:lineHead]...), true // the rest can be collected
		}
		if err == nil {
			t.whole = true
			return t.partly, t.long, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, false, err
		}
	}
	return nil, false, errTooLong
}

// unfinished tells whether there is the beginning of a line.
func (t *tail) unfinished() bool { return len(t.partly) > 0 && !t.whole }

// withoutValue makes an event of the beginning of a line that the harness wrote: its value, which comes last but for what matters less here, is
// null.
func withoutValue(head []byte) []byte {
	before, _, ok := bytes.Cut(head, []byte(`,"value":`))
	if !ok {
		return head // it will count as damaged
	}
	return append(bytes.Clone(before), '}')
}
