package record

import (
	"os"

	"glomers/internal/flock"
)

// lockRun makes Running report true for the run, until unlockRun or the end of this process.
func lockRun(history *os.File) {
	// Some network drives have no locks. A run works there all the same, but Running takes it for a dead one.
	_ = flock.Lock(history)
}

// unlockRun ends that.
func unlockRun(history *os.File) { _ = flock.Unlock(history) }

// Running reports whether the run whose history.jsonl this is goes on: its process lives, and has not written everything yet.
// Once it is false it stays false.
func Running(history *os.File) bool { return flock.Held(history) }
