//go:build unix

package cli

import (
	"os"
	"strconv"
	"syscall"
)

// keepDescriptors keeps the files that this process inherited, except stdin, stdout and stderr, from the processes that it
// starts: a node must not see, for example, a file of secrets that the shell had open. Files that this process opens itself
// are never passed on.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return // the open files cannot be listed here
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
