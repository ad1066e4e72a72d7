//go:build unix

package node

import (
	"errors"
	"syscall"
)

// isFull reports whether the system says that there is no room, or that the user may not have more.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
