//go:build unix

package flock

import (
	"errors"
	"os"
	"syscall"
)

// Lock waits until the file can be locked.
func Lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// TryLock is Lock without waiting.
func TryLock(f *os.File) error { return try(f, syscall.LOCK_EX) }

// Unlock undoes Lock. Closing the file is not enough at once: a process that another goroutine has just forked shares the
// lock until it executes its program.
func Unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// Held reports whether the file is locked by way of another open file.
func Held(f *os.File) bool {
	err := try(f, syscall.LOCK_SH)
	if err == nil {
		_ = Unlock(f) // or closing the file does it
	}
	return errors.Is(err, ErrHeld)
}

func try(f *os.File, how int) error {
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrHeld
	}
	return err
}
