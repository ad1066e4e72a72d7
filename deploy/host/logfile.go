package host

import (
	"fmt"
	"os"
	"sync"
)

// maxLog is the size of a node's log, in bytes. When it is reached, the log becomes ID.log.1, in the place of an earlier one, and a new one begins.
const maxLog = 16 << 20

// A logFile is what a node writes to stderr. It never fails: a log that cannot be written ends, and the node goes on.
type logFile struct {
	path   string
	failed func(error) // called once

	mu   sync.Mutex
	file *os.File // nil after an error
	size int64
}

// openLog continues the log at path.
func openLog(path string, failed func(error)) (*logFile, error) {
	l := &logFile{path: path, failed: failed}
	if err := l.open(); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return err
	}
	l.file, l.size = f, info.Size()
	return nil
}

func (l *logFile) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return len(text), nil
	}
	err := l.rotate(int64(len(text)))
	if err == nil {
		_, err = l.file.Write(text)
	}
	if err != nil {
		if l.file != nil {
			_ = l.file.Close()
			l.file = nil
		}
		l.failed(fmt.Errorf("log: %w", err))
	}
	l.size += int64(len(text))
	return len(text), nil
}

// rotate makes room for more bytes.
func (l *logFile) rotate(more int64) error {
	if l.size == 0 || l.size+more <= maxLog {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	if err == nil {
		err = os.Rename(l.path, l.path+".1")
	}
	if err == nil {
		err = l.open()
	}
	return err
}

func (l *logFile) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close() // nothing more is to be done about an error
		l.file = nil
	}
}
