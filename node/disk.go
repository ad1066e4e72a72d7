package node

import "errors"

// A Disk is the file in which a Store keeps the records of one node. OpenStore makes one of a directory; a simulation has disks of its own,
// which lose at a kill what was not synced, get full, or take their time.
//
// One method at a time is called, and none before done of the one before it. Write and Replace return at once, do not change p, and call
// done once, in another goroutine.
type Disk interface {
	// Load returns the whole file, which the caller keeps; nothing if there is none yet.
	Load() ([]byte, error)
	// Write makes p the end of the file, from an offset on that is at most the file's size, and syncs: once done(nil) is called, the
	// file survives a kill, and a loss of power. Until then a kill leaves any part of p. After an error, the file ends at the offset;
	// ErrDiskFull says that the same Write may succeed later, and every other error is final.
	Write(offset int64, p []byte, done func(error))
	// Replace makes p the whole file, in the same way, but a kill leaves either the old file or the new one.
	Replace(p []byte, done func(error))
}

// ErrDiskFull is the error of a Disk without room.
var ErrDiskFull = errors.New("node: the disk is full")
