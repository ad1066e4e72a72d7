package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"glomers/internal/wording"
)

// ErrIrregular is the error for a name that exists but is not a regular file.
var ErrIrregular = errors.New("not a regular file")

// Open opens a regular file in a directory for reading. It follows links within the directory, but not out of it.
func Open(dir *os.Root, name string) (*os.File, error) {
	info, err := dir.Stat(name) // opening a device may have an effect
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
		err = regular(info) // the file may have been replaced
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// regular returns an error that describes the file if it is not regular.
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

// A TooLargeError is the error for a file that is larger than its reader accepts.
type TooLargeError struct{ Limit int64 } // bytes

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("larger than %s, which is the limit for it", wording.Limit(e.Limit))
}

// Read returns the content of a regular file in a directory. The error is a *TooLargeError if the file has more than limit
// bytes.
func Read(dir *os.Root, name string, limit int64) ([]byte, error) {
	f, err := Open(dir, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(f, limit)
}

// ReadAll returns the rest of f. The error is a *TooLargeError if the rest has more than limit bytes.
func ReadAll(f io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, &TooLargeError{limit}
	}
	return b, err
}
