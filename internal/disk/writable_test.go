package disk

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWritable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a")
	require.NoError(t, Writable(file))
	require.Empty(t, names(t, dir), "it makes nothing")

	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	require.NoError(t, Writable(file))
	require.Equal(t, "old", read(t, file))
	require.NoError(t, Writable(os.DevNull))

	require.ErrorContains(t, Writable(dir), "is a directory: want a file")
	require.ErrorContains(t, Writable(filepath.Join(dir, "no", "b")), "no file can be made in "+filepath.Join(dir, "no"))
	require.Error(t, Writable(filepath.Join(file, "b")), "below a file")
	require.Equal(t, []string{"a"}, names(t, dir))
}
