// Package flock locks open files, so that another process can see that the owner of a file lives. The system releases the
// lock of a process that ends, whatever the cause. A locked file can be read and written as before.
package flock

import "errors"

// ErrHeld is the error of TryLock for a file that is locked by way of another open file.
var ErrHeld = errors.New("the file is locked")
