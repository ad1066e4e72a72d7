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

// Read reads the output of Write. It skips empty lines. Each operation must have the fields index, time, type, process, f and
// value, and may have the others of an Op; all must have the right type, and unknown fields are an error. Indexes must count
// from 0 without gaps, because checkers name operations by them. Read does not check whether the operations can have
// happened; Reader does. An error names the line, from 1; Read then also returns the operations before that line.
func Read(r io.Reader) ([]Op, error) {
	return readAll(lineSource(bufio.NewReader(r), MaxOp), &sequence{})
}

// Each calls f with each operation that Read would return, without holding all of them. It stops at the first error of f and
// returns that error unchanged.
func Each(r io.Reader, f func(Op) error) error {
	return each(lineSource(bufio.NewReader(r), MaxOp), &sequence{}, f)
}

// lineSource returns a source of the operations in lines of JSON. If the last line has no newline and is not valid JSON, its
// error is a DeviationError.
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

// readLine appends the next line to buf. At the end of the input it returns io.EOF with the last, possibly empty, line.
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
