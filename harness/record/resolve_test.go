package record

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Where there are no links, a text file leads to a run and to its files.
func TestResolve(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	at := func(names ...string) string { return filepath.Join(append([]string{store}, names...)...) }
	dir := at("echo", "20260102T150405.000")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "test.json"), []byte(`{"workload":"echo"}`), 0o600))
	for _, name := range []string{"latest", "current", "other", "dangling"} {
		require.NoError(t, os.WriteFile(at(name), []byte("echo/20260102T150405.000\n"), 0o600))
	}
	for path, want := range map[string]string{
		at("latest"): dir, at("current"): dir, at("latest", "history.jsonl"): filepath.Join(dir, "history.jsonl"),
		dir: dir, at("other"): at("other"), at("nosuch", "file"): at("nosuch", "file"), "latest": "latest", "-": "-", "": "",
	} {
		require.Equal(t, want, Resolve(path))
	}
	run, err := Open(at("latest"))
	require.NoError(t, err)
	defer run.Close()
	require.Equal(t, dir, run.Dir())
	m, err := run.Meta()
	require.NoError(t, err)
	require.Equal(t, "echo", m.Workload)

	require.NoError(t, os.WriteFile(at("latest"), []byte("echo/nosuch\n"), 0o600))
	require.Equal(t, at("latest"), Resolve(at("latest")))
	_, err = Open(at("latest"))
	require.ErrorContains(t, err, "is not a directory")
}
