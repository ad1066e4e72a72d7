//go:build unix

package tempdir

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// errSwept says that a directory is not there any more, or is another one.
var errSwept = errors.New("tempdir: the directory was removed")

// lock opens a directory of this user and locks it. It waits for the lock only if told so. The lock ends with the file, and so
// with this process: what it starts does not inherit the file.
func lock(path string, wait bool) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errSwept
	}
	if err != nil {
		return nil, err
	}
	if err := lockFile(f, path, wait); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

func lockFile(f *os.File, path string, wait bool) error {
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	if owner := opened.Sys().(*syscall.Stat_t).Uid; int(owner) != os.Geteuid() {
		return fmt.Errorf("tempdir: %s belongs to user %d", path, owner)
	}
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if err == nil {
			break
		}
		if err != syscall.EINTR {
			return err
		}
	}
	if there, err := os.Lstat(path); err != nil || !os.SameFile(there, opened) {
		return errSwept
	}
	return nil
}
