//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A file that this process inherited is not passed on to the processes that it starts.
func TestKeepDescriptors(t *testing.T) {
	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd())) // like an inherited file, it stays open when a program is executed
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Close(fd)) }()
	inherited := func() error {
		return exec.CommandContext(t.Context(), "/bin/sh", "-c", fmt.Sprintf("[ -e /dev/fd/%d ]", fd)).Run()
	}
	require.NoError(t, inherited())
	keepDescriptors()
	require.Error(t, inherited())
}
