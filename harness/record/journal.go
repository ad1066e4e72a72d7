package record

import (
	"errors"
	"io"
	"iter"
)

// A Journal reads a journal.jsonl, and counts what is wrong with it.
type Journal struct {
	Damaged int  // lines that are no events
	Half    bool // the last line has no end: the harness ends every line
}

// Events takes the lines of a journal apart, and of lines that are very long the beginning. An event is good until the next one. An error comes last.
func (j *Journal) Events(in io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		lines := NewLines(in)
		for {
			line, more, err := lines.Next()
			if errors.Is(err, io.EOF) {
				j.Half = lines.Unfinished()
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
