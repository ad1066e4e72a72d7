package record

import (
	"errors"
	"os"
	"syscall"
)

// lockRun makes Running report true for the run, until unlockRun or the end of this process.
func lockRun(history *os.File) {
	// Some network drives have no locks. A run works there all the same, but Running takes it for a dead one.
	_ = syscall.Flock(int(history.Fd()), syscall.LOCK_EX)
}

// unlockRun ends that. Closing the file is not enough: a process that another goroutine has just forked shares the lock until it executes
// its program.
func unlockRun(history *os.File) { _ = syscall.Flock(int(history.Fd()), syscall.LOCK_UN) }

// Running reports whether the run whose history.jsonl this is goes on: its process lives, and has not written everything yet.
// Once it is false it stays false.
func Running(history *os.File) bool {
	fd := int(history.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		return errors.Is(err, syscall.EWOULDBLOCK)
	}
	_ = syscall.Flock(fd, syscall.LOCK_UN) // or closing the file does it
	return false
}
