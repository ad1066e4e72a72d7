package record

import (
	"errors"
	"os"
	"syscall"
)

// lockRun has Running tell of the run from now on, until the file is closed or this process ends.
func lockRun(history *os.File) {
	// Without locks, as on some network drives, a run goes as well; it only looks as if it were dead.
	_ = syscall.Flock(int(history.Fd()), syscall.LOCK_EX)
}

// Running tells whether the run whose history.jsonl this is goes on: whether its process lives and has not written all yet.
// Once it is false it stays false.
func Running(history *os.File) bool {
	fd := int(history.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		return errors.Is(err, syscall.EWOULDBLOCK)
	}
	_ = syscall.Flock(fd, syscall.LOCK_UN) // or closing the file does it
	return false
}
