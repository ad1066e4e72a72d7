package flock

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// open opens the file anew: a lock belongs to an open file, not to a process.
func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() }) // the test may have closed it
	return f
}

// newFile makes an empty file. Unlike t.TempDir, it also cleans up under Wine 8, which does not know how os.RemoveAll
// removes a file.
func newFile(t *testing.T) (path string) {
	t.Helper()
	f, err := os.CreateTemp("", "glomers-flock-")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	t.Cleanup(func() { require.NoError(t, os.Remove(f.Name())) })
	return f.Name()
}

func TestLock(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	owner, other := open(t, path), open(t, path)
	require.False(t, Held(other))
	require.False(t, Held(other), "asking locks nothing")
	require.NoError(t, Lock(owner))
	require.True(t, Held(other))
	require.ErrorIs(t, TryLock(other), ErrHeld)

	// A lock keeps nobody from reading and writing.
	_, err := owner.WriteString("text")
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "text", string(text))
	_, err = other.WriteAt([]byte("T"), 0)
	require.NoError(t, err)

	require.NoError(t, Unlock(owner))
	require.False(t, Held(other))
	require.NoError(t, TryLock(other))
	require.True(t, Held(owner))
	require.NoError(t, other.Close())
	require.False(t, Held(owner))
	require.NoError(t, Lock(owner))
}

func TestLockOfAClosedFile(t *testing.T) {
	t.Parallel()
	f := open(t, newFile(t))
	require.NoError(t, f.Close())
	require.Error(t, Lock(f))
	require.Error(t, TryLock(f))
	require.False(t, Held(f))
}
