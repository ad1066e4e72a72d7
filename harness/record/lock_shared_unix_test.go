//go:build unix

package record

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A run is over when its writer says so, even while a process that was just forked still shares the writer's files.
func TestForkedProcessDoesNotKeepTheRunGoing(t *testing.T) {
	t.Parallel()
	w := create(t, Limits{})
	forked, err := syscall.Dup(int(w.history.file.Fd())) // shares the lock, as a fork does
	require.NoError(t, err)
	defer syscall.Close(forked)
	f, err := os.Open(filepath.Join(w.Dir(), "history.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	require.True(t, Running(f))
	finish(t, w)
	require.False(t, Running(f))
}
