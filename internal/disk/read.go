package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"glomers/internal/wording"
)

// ErrIrregular is the error of what is there under a name, but is no regular file.
var ErrIrregular = errors.New("not a regular file")

// Open opens a regular file of a directory for reading. It follows links within the directory, none that lead out of it.
func Open(dir *os.Root, name string) (*os.File, error) {
	info, err := dir.Stat(name) // to open a device may do something already
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, err
	}
	f, err := dir.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = regular(info) // it may have been replaced
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// regular returns an error that says what a file is, if it is not regular.
func regular(info fs.FileInfo) error {
	kind := "a file of a kind of its own"
	switch m := info.Mode(); {
	case m.IsRegular():
		return nil
	case m.IsDir():
		kind = "a directory"
	case m&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case m&fs.ModeDevice != 0:
		kind = "a device"
	case m&fs.ModeSocket != 0:
		kind = "a socket"
	}
	return fmt.Errorf("%w, but %s", ErrIrregular, kind)
}

// A TooLargeError is the error of a file that is larger than its reader accepts.
type TooLargeError struct{ Limit int64 } // bytes

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("larger than %s, which is the limit for it", wording.Limit(e.Limit))
}

// Read returns what is in a regular file of a directory. The error is a *TooLargeError if that is more than limit bytes.
func Read(dir *os.Root, name string, limit int64) ([]byte, error) {
	f, err := Open(dir, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(f, limit)
}

// ReadAll returns what is left of f. The error is a *TooLargeError if that is more than limit bytes.
func ReadAll(f io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, &TooLargeError{limit}
	}
	return b, err
}
