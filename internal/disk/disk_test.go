package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t *testing.T) (path string, dir *os.Root) {
	t.Helper()
	path = t.TempDir()
	dir, err := os.OpenRoot(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = dir.Close() })
	return path, dir
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

// names returns the names in a directory, to check that no temporary file is left.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestReplace(t *testing.T) {
	t.Parallel()
	path, dir := open(t)
	require.NoError(t, ReplaceBytes(dir, "file", []byte("one")))
	require.NoError(t, ReplaceBytes(dir, "file", []byte("two")))
	require.Equal(t, "two", read(t, path, "file"))

	require.NoError(t, os.Mkdir(filepath.Join(path, "below"), 0o755))
	require.NoError(t, ReplaceBytes(dir, "below/file", []byte("three")))
	require.Equal(t, "three", read(t, path, "below", "file"))
	require.Equal(t, []string{"below", "file"}, names(t, path))
	require.Equal(t, []string{"file"}, names(t, filepath.Join(path, "below")))
}

// If the content cannot be written in full, the old file stays; if there was none, none is created.
func TestReplaceFails(t *testing.T) {
	t.Parallel()
	path, dir := open(t)
	full := errors.New("no space left on device")
	half := func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		require.NoError(t, err)
		return full
	}
	err := Replace(dir, "file", half)
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, "file: ")
	require.Empty(t, names(t, path))

	require.NoError(t, ReplaceBytes(dir, "file", []byte("old")))
	require.ErrorIs(t, Replace(dir, "file", half), full)
	require.Equal(t, "old", read(t, path, "file"))
	require.Equal(t, []string{"file"}, names(t, path))

	require.NoError(t, os.Mkdir(filepath.Join(path, "directory"), 0o755))
	require.Error(t, ReplaceBytes(dir, "directory", nil))
	require.Equal(t, []string{"directory", "file"}, names(t, path))
}

// Links, symbolic or hard, are replaced, and their targets stay unchanged.
func TestReplaceWritesThroughNoLink(t *testing.T) {
	t.Parallel()
	path, dir := open(t)
	precious := filepath.Join(t.TempDir(), "precious")
	require.NoError(t, os.WriteFile(precious, []byte("precious"), 0o600))
	require.NoError(t, os.Symlink(precious, filepath.Join(path, "symbolic")))
	require.NoError(t, os.Link(precious, filepath.Join(path, "hard")))
	require.NoError(t, os.Symlink(filepath.Dir(precious), filepath.Join(path, "away")))
	for _, name := range []string{"symbolic", "hard"} {
		require.NoError(t, ReplaceBytes(dir, name, []byte("ours")))
		require.Equal(t, "ours", read(t, path, name))
		info, err := os.Lstat(filepath.Join(path, name))
		require.NoError(t, err)
		require.True(t, info.Mode().IsRegular())
	}
	require.Error(t, ReplaceBytes(dir, "away/precious", []byte("ours")))
	require.Equal(t, "precious", read(t, precious))
}

// A file that the user has named may be a link, which is then followed on purpose, or a device.
func TestWriteFile(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	file, link := filepath.Join(path, "file"), filepath.Join(path, "link")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	require.NoError(t, os.Symlink("file", link))
	require.NoError(t, WriteFile(link, []byte("new")))
	require.Equal(t, "new", read(t, file))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.Equal(t, os.ModeSymlink, info.Mode().Type())
	info, err = os.Stat(file)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	require.NoError(t, WriteFile(filepath.Join(path, "another"), []byte("x")))
	require.Equal(t, []string{"another", "file", "link"}, names(t, path))

	require.NoError(t, WriteFile(os.DevNull, []byte("x")))
	info, err = os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular(), "it is still the device")
	require.Error(t, WriteFile(filepath.Join(path, "nosuch", "file"), nil))
}
