package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Write writes the operations to w as history.jsonl: one JSON object per line.
func Write(w io.Writer, ops []Op) error {
	b := bufio.NewWriter(w)
	enc := NewEncoder(b)
	for i, op := range ops {
		if err := enc.Encode(op); err != nil {
			return fmt.Errorf("history: op %d: %w", i, err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// NewEncoder returns an encoder that writes operations to w as history.jsonl, each as one line and with one call of
// w.Write.
func NewEncoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // keep replies readable
	return enc
}

// Read reads what Write wrote, also if it was cut short. Empty lines are skipped. Each operation has all the fields of an Op but Final
// and Error, of the right types, and no others. Indexes must count from 0 without gaps, because checkers name
// operations by them. Whether the operations can have happened is left to Reader. An error names the line, from
// 1; the operations before it are returned with it.
func Read(r io.Reader) ([]Op, error) {
	return readAll(lineSource(bufio.NewReader(r), MaxOp), &sequence{})
}

// Each calls f with each operation that Read would return, so that not all of them have to be held. It ends with the first error of f,
// which it returns as it is.
func Each(r io.Reader, f func(Op) error) error {
	return each(lineSource(bufio.NewReader(r), MaxOp), &sequence{}, f)
}

// lineSource returns a source of the operations in lines of JSON. A last line without an end that is no operation is a DeviationError.
func lineSource(b *bufio.Reader, limit int) source {
	var buf []byte
	n := 0
	return func() (record, int, error) {
		for {
			n++
			line, err := readLine(b, buf[:0], limit)
			buf = line
			if err != nil && !errors.Is(err, io.EOF) {
				return record{}, n, err
			}
			if len(bytes.TrimSpace(line)) > 0 {
				r, wrong := parseJSON(line)
				if wrong != nil && err != nil && !json.Valid(line) {
					wrong = &DeviationError{Cut, wrong.Error() + ": the file ends within this line"}
				}
				return r, n, wrong
			}
			if err != nil {
				return record{}, 0, io.EOF
			}
		}
	}
}

func tooLong(limit int) error {
	return fmt.Errorf("an operation of more than %d bytes, which is the limit", limit)
}

// readLine appends a line to buf, which may end with io.EOF instead.
func readLine(b *bufio.Reader, buf []byte, limit int) ([]byte, error) {
	for {
		part, err := b.ReadSlice('\n')
		if buf = append(buf, part...); len(buf) > limit {
			return nil, tooLong(limit)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return buf, err
		}
	}
}
