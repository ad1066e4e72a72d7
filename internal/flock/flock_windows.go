package flock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// place is the position of the one byte that a lock covers. Windows lets nobody else read locked bytes, hence a byte far
// beyond the end of any file.
func place() *windows.Overlapped { return &windows.Overlapped{OffsetHigh: 1 << 30} }

// Lock waits until the file can be locked.
func Lock(f *os.File) error { return lock(f, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// TryLock is Lock without waiting.
func TryLock(f *os.File) error {
	return lock(f, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
}

// Unlock undoes Lock.
func Unlock(f *os.File) error { return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, place()) }

// Held reports whether the file is locked by way of another open file.
func Held(f *os.File) bool {
	err := lock(f, windows.LOCKFILE_FAIL_IMMEDIATELY) // shared
	if err == nil {
		_ = Unlock(f) // or closing the file does it
	}
	return errors.Is(err, ErrHeld)
}

func lock(f *os.File, how uint32) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, place())
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrHeld
	}
	return err
}
