package record

import (
	"bufio"
	"errors"
	"hash/maphash"
	"io"
	"os"
)

// A lineFile is a file that lines are added to, one per Write. All that it ever writes out are whole lines, so that
// the file can be read while the run goes on, and after this process was killed.
type lineFile struct {
	file   *os.File
	buffer *bufio.Writer
	size   int64        // bytes, those in the buffer included
	sum    maphash.Hash // of the first sumLimit of them
}

// sumLimit bounds the time that unchanged takes.
const sumLimit = 256 << 20

// createLines makes a file of which no other process has the name.
func createLines(dir *os.Root, name string) (*lineFile, error) {
	f, err := dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
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
	if room := sumLimit - l.size; room > 0 {
		_, _ = l.sum.Write(line[:min(room, int64(len(line)))]) // never fails
	}
	l.size += int64(len(line))
	return l.buffer.Write(line)
}

// unchanged reports whether the file, once it has been flushed, is as it was written: nobody else has written to it. It looks at the
// size, and at the first sumLimit bytes.
func (l *lineFile) unchanged() bool {
	info, err := l.file.Stat()
	if err != nil || info.Size() != l.size {
		return false
	}
	var sum maphash.Hash
	sum.SetSeed(l.sum.Seed())
	_, err = io.Copy(&sum, io.NewSectionReader(l.file, 0, min(l.size, sumLimit)))
	return err == nil && sum.Sum64() == l.sum.Sum64()
}

func (l *lineFile) flush() error { return l.buffer.Flush() }

func (l *lineFile) close() error { return errors.Join(l.buffer.Flush(), l.file.Close()) }
