//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	path, dir := open(t)
	at := func(name string) string { return filepath.Join(path, name) }
	require.NoError(t, os.WriteFile(at("file"), []byte("text"), 0o600))
	require.NoError(t, os.Symlink("file", at("link")))
	for _, name := range []string{"file", "link"} {
		text, err := Read(dir, name, 4)
		require.NoError(t, err)
		require.Equal(t, "text", string(text))
	}
	_, err := Read(dir, "nosuch", 4)
	require.ErrorIs(t, err, fs.ErrNotExist)

	// None of these makes Read wait, or read a file elsewhere.
	require.NoError(t, syscall.Mkfifo(at("pipe"), 0o600))
	require.NoError(t, os.Symlink("pipe", at("link to a pipe")))
	require.NoError(t, os.Mkdir(at("directory"), 0o755))
	for name, kind := range map[string]string{"pipe": "a named pipe", "link to a pipe": "a named pipe", "directory": "a directory"} {
		_, err := Open(dir, name)
		require.ErrorIs(t, err, ErrIrregular, name)
		require.ErrorContains(t, err, kind)
	}
	require.NoError(t, os.Symlink("/dev/zero", at("device")))
	require.NoError(t, os.Symlink("/etc/passwd", at("away")))
	require.NoError(t, os.Symlink("self", at("self")))
	for _, name := range []string{"device", "away", "self", "../file"} {
		_, err := Open(dir, name)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, fs.ErrNotExist)
	}
}

func TestReadLimit(t *testing.T) {
	t.Parallel()
	for limit, says := range map[int64]string{9: "larger than 9 bytes", 1 << 10: "larger than 1 KiB", 3 << 20: "larger than 3 MiB"} {
		_, err := ReadAll(strings.NewReader(strings.Repeat("x", int(limit+1))), limit)
		large, ok := errors.AsType[*TooLargeError](err)
		require.True(t, ok)
		require.Equal(t, limit, large.Limit)
		require.ErrorContains(t, err, says)
		text, err := ReadAll(strings.NewReader(strings.Repeat("x", int(limit))), limit)
		require.NoError(t, err)
		require.Len(t, text, int(limit))
	}
}
