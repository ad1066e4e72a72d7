package watching

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func TestTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "main.go", "one")
	write(t, dir, "lib/a.go", "a")
	for _, other := range []string{
		"store/echo/x", "target/release/x", "node_modules/x/index.js", ".git/HEAD", ".main.go.swp", "main.go~", "__pycache__/x.pyc", "Main.class", "build/x", "lib/.hidden/x", "a.o",
	} {
		write(t, dir, other, "x")
	}
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "self")))
	first, err := Scan(dir, Tree{})
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join("lib", "a.go"), "main.go"}, first.Changed(Tree{}))
	require.Equal(t, 2, first.Len())

	// What was only touched has not changed.
	later := time.Now().Add(time.Minute)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "main.go"), later, later))
	touched, err := Scan(dir, first)
	require.NoError(t, err)
	require.Empty(t, touched.Changed(first))
	require.Equal(t, first.Sum(), touched.Sum())

	write(t, dir, "main.go", "two")
	require.NoError(t, os.Chtimes(filepath.Join(dir, "main.go"), later.Add(time.Second), later.Add(time.Second)))
	require.NoError(t, os.Remove(filepath.Join(dir, "lib", "a.go")))
	write(t, dir, "lib/b.go", "a")
	changed, err := Scan(dir, touched)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join("lib", "a.go"), filepath.Join("lib", "b.go"), "main.go"}, changed.Changed(touched))
	require.NotEqual(t, first.Sum(), changed.Sum())
}

func TestTreeOfOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "node.exe", "one") // the name of something built is no reason to leave it out
	first, err := Scan(filepath.Join(dir, "node.exe"), Tree{})
	require.NoError(t, err)
	require.Equal(t, []string{"node.exe"}, first.Changed(Tree{}))
	write(t, dir, "node.exe", "three")
	second, err := Scan(filepath.Join(dir, "node.exe"), first)
	require.NoError(t, err)
	require.Equal(t, []string{"node.exe"}, second.Changed(first))
	_, err = Scan(filepath.Join(dir, "nosuch"), Tree{})
	require.ErrorIs(t, err, os.ErrNotExist)
}
