//go:build !unix

package tempdir

import (
	"errors"
	"os"
)

var errSwept = errors.New("tempdir: the directory was removed")

// lock is not supported on this system, so directories are not swept.
func lock(string, bool) (*os.File, error) { return nil, errors.ErrUnsupported }
