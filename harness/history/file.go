package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
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

// Read reads what Write wrote. Lines may be of any length, and empty lines are
// skipped. Indexes must count from 0 without gaps, because checkers name
// operations by them. An error names the line, from 1; the operations before it
// are returned with it.
func Read(r io.Reader) ([]Op, error) {
	b := bufio.NewReader(r)
	var ops []Op
	for n := 1; ; n++ {
		line, err := b.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return ops, fmt.Errorf("history: line %d: %w", n, err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			op, perr := parse(line, len(ops))
			if perr != nil {
				return ops, fmt.Errorf("history: line %d: %w", n, perr)
			}
			ops = append(ops, op)
		}
		if err != nil {
			return ops, nil
		}
	}
}

// parse decodes a line and checks what encoding/json lets pass.
func parse(line []byte, index int) (Op, error) {
	var op Op
	if err := json.Unmarshal(line, &op); err != nil {
		return Op{}, err
	}
	return op, op.validate(index)
}

// validate returns an error if op cannot be the operation of that index.
func (op Op) validate(index int) error {
	switch op.Type {
	case Invoke, OK, Fail, Info:
	default:
		return fmt.Errorf("type %q: want invoke, ok, fail or info", op.Type)
	}
	if op.Index != index {
		return fmt.Errorf("index %d: want %d", op.Index, index)
	}
	return nil
}

// ReadFile reads a saved history: one that Write wrote, or one for ReadEDN. What it is shows in its content. The
// errors name the file and the line.
func ReadFile(path string) ([]Op, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	b := bufio.NewReader(f)
	start, err := b.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("history: %s: %w", path, err)
	}
	read := ReadEDN
	if looksLikeJSON(start) {
		read = Read
	}
	ops, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ops, nil
}

// looksLikeJSON tells whether a text begins with a JSON object. In EDN the names in a map are keywords.
func looksLikeJSON(text []byte) bool {
	inside, ok := bytes.CutPrefix(bytes.TrimSpace(text), []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimSpace(inside), []byte(`"`))
}
