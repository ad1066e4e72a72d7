//go:build unix

package tempdir

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"glomers/internal/flock"
)

// errSwept means that the directory is gone or has been replaced by another one.
var errSwept = errors.New("tempdir: the directory was removed")

// lock opens a directory of this user and locks it; wait says whether it waits for the lock. The lock lasts until the file
// is closed, and thus at most as long as this process: child processes do not inherit the file.
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
	acquire := flock.TryLock
	if wait {
		acquire = flock.Lock
	}
	if err := acquire(f); err != nil {
		return err
	}
	if there, err := os.Lstat(path); err != nil || !os.SameFile(there, opened) {
		return errSwept
	}
	return nil
}
