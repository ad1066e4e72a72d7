package history

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Limits of the input, so that no file uses up all memory. A history is kept in memory. If its operations are small, the
// history and the memory of the checker take about eight times the size of the file.
const (
	MaxOp   = 64 << 20  // bytes of one operation: a line of JSON, a map of EDN
	MaxFile = 512 << 20 // bytes of a history, unpacked

	MaxValues = 2_000_000 // values in one operation; each may take a hundred bytes of memory, however short its text
)

// A Reader reads histories of this program and of others. The zero value refuses every Deviation.
type Reader struct {
	Tolerate []Deviation

	limits limits // 0 means the constants; tests use smaller limits
}

// limits of bytes.
type limits struct{ op, file int }

// ReadFile reads the history at path as Read does. Errors name the file and the line.
func (r Reader) ReadFile(path string) ([]Op, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	ops, err := r.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ops, nil
}

// ReadFile reads a history without tolerating a Deviation.
func ReadFile(path string) ([]Op, error) { return Reader{}.ReadFile(path) }

// Read reads a history, and refuses a history that cannot have happened. In a possible history, a process runs one operation
// at a time, which completes with the function that it was invoked with; a process runs no operation after an info; times
// never fall, and indexes count from 0.
//
// Read recognises the format from the content: lines of JSON objects, a JSON array of them, EDN, or one of these packed with
// gzip. It skips a byte-order mark. An error names the line, from 1; Read then also returns the operations before that line.
func (r Reader) Read(in io.Reader) ([]Op, error) {
	limit := limits{cmp.Or(r.limits.op, MaxOp), cmp.Or(r.limits.file, MaxFile)}
	b, err := unpack(bufio.NewReader(in), limit.file)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	start, err := b.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("history: %w", err)
	}
	if slices.Contains(r.Tolerate, Cut) { // after a power failure, null bytes may stand for what had not been written
		start = bytes.TrimRight(start, "\x00")
	}
	if err := notHistory(start); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	read := ednSource
	switch text := string(bytes.TrimSpace(start)); {
	case objectBegins(text):
		read = lineSource
	case strings.HasPrefix(text, "[") && objectBegins(strings.TrimSpace(text[1:])):
		read = arraySource
	}
	return readAll(read(b, limit.op), &sequence{tolerated: r.Tolerate, ordered: true})
}

// objectBegins reports whether a text begins with a JSON object. In EDN, the keys of an operation's map are keywords.
func objectBegins(text string) bool {
	inside, ok := strings.CutPrefix(text, "{")
	return ok && strings.HasPrefix(strings.TrimSpace(inside), `"`)
}

// unpack returns a reader of the unpacked text without its byte-order mark. It fails after limit bytes.
func unpack(b *bufio.Reader, limit int) (*bufio.Reader, error) {
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		b = bufio.NewReader(z)
	}
	b = bufio.NewReader(&limited{r: b, limit: limit})
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(len(mark)) // never fails: these bytes are in the buffer
	}
	return b, nil
}

// notHistory returns an error if the start of a file shows that it is not a history, but a file that people mistake for one.
func notHistory(start []byte) error {
	switch {
	case bytes.HasPrefix(start, []byte("JEPSEN")):
		return errors.New("this is a test.jepsen, in Jepsen's binary format: want the history.edn beside it")
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return errors.New("this is UTF-16: want UTF-8")
	case bytes.IndexByte(start, 0) >= 0:
		return errors.New("this is not text: it has null bytes: want lines of JSON, or EDN")
	}
	return nil
}

// A limited reader fails once it has read more than limit bytes.
type limited struct {
	r           io.Reader
	read, limit int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.read > l.limit {
		return 0, fmt.Errorf("more than %d bytes, which is the limit for a history", l.limit)
	}
	n, err := l.r.Read(p)
	l.read += n
	return n, err
}

// A source returns the next operation and the line on which it begins, from 1. At the end, the error is io.EOF. With another
// error, the line is 0 if the error itself names it, or if the error has no line.
type source func() (r record, line int, err error)

// readAll reads all operations of a source.
func readAll(next source, s *sequence) (ops []Op, err error) {
	err = each(next, s, func(op Op) error { ops = append(ops, op); return nil })
	return ops, err
}

// each calls f with each operation of a source.
func each(next source, s *sequence, f func(Op) error) error {
	for {
		r, line, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if d, ok := errors.AsType[*DeviationError](err); ok && s.tolerates(d.Deviation) { // Cut, in the last line
			return nil
		}
		var op Op
		if err == nil {
			op, err = s.next(r, line)
		}
		switch {
		case err == nil:
		case line > 0:
			return fmt.Errorf("history: line %d: %w", line, err)
		default:
			return fmt.Errorf("history: %w", err)
		}
		if err := f(op); err != nil {
			return err
		}
	}
}
