package harness

import (
	"bufio"
	"errors"
	"os"
)

// A lineFile is a file that lines are added to, one per Write. All that it ever writes out are whole lines, so that
// the file can be read while the run goes on, and after this process was killed.
type lineFile struct {
	file   *os.File
	buffer *bufio.Writer
}

func createLines(path string) (*lineFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &lineFile{file: f, buffer: bufio.NewWriterSize(f, 256<<10)}, nil
}

// Write takes a line, with its newline.
func (l *lineFile) Write(line []byte) (int, error) {
	if len(line) > l.buffer.Available() { // else the buffer would be filled up with a part of the line
		if err := l.buffer.Flush(); err != nil {
			return 0, err
		}
	}
	return l.buffer.Write(line)
}

func (l *lineFile) flush() error { return l.buffer.Flush() }

func (l *lineFile) close() error { return errors.Join(l.buffer.Flush(), l.file.Close()) }
