//go:build unix

package cli

import (
	"os"
	"strconv"
	"syscall"
)

// keepDescriptors keeps the files that this process was started with, but for stdin, stdout and stderr, from whatever it starts: a shell's
// file of secrets is none of a node's business. Those that it opens itself are kept anyway.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return // there is no way to know them
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
