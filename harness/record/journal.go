package record

import (
	"bufio"
	"errors"
	"io"
	"iter"
)

// A Journal reads a journal.jsonl, and counts what is wrong with it.
type Journal struct {
	Damaged int  // lines that are no events
	Half    bool // the last line has no end: the harness ends every line
}

// maxLine is how many bytes of a line are kept, of the beginning.
const maxLine = 1 << 20

// Events takes the lines of a journal apart, and of lines that are very long the beginning. An event is good until the next one. An error comes last.
func (j *Journal) Events(in io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		b := bufio.NewReaderSize(in, 256<<10)
		var long []byte
		for {
			line, more, err := readLine(b, &long)
			if errors.Is(err, io.EOF) {
				j.Half = len(line) > 0
				return
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
			e, ok := parseEvent(line, more)
			if !ok {
				j.Damaged++
			} else if !yield(e, nil) {
				return
			}
		}
	}
}

// readLine returns the next line without its end, or maxLine bytes of it, and how many more it has. The line is good until the next call; long is
// room for one that is longer than the buffer of r.
func readLine(r *bufio.Reader, long *[]byte) (line []byte, more int, err error) {
	part, err := r.ReadSlice('\n')
	if err == nil {
		return part[:len(part)-1], 0, nil
	}
	*long = append((*long)[:0], part...)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = r.ReadSlice('\n')
		end := len(part)
		if err == nil {
			end--
		}
		room := min(maxLine-len(*long), end)
		*long = append(*long, part[:room]...)
		more += end - room
	}
	return *long, more, err
}
