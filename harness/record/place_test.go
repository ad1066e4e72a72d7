package record

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocate(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"store/echo/1/test.json", "store/echo/2/history.edn", "store/echo/2/nodes/n0.log", "store/.cache/x", "other/notes", "other/nodes/n0.log", "results.txt"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, nil, 0o600))
	}
	require.NoError(t, os.Mkdir("empty", 0o755))
	for path, want := range map[string]struct {
		place Place
		run   string
	}{
		"nosuch":                    {Nowhere, ""},
		"results.txt":               {OtherFile, ""},
		"store/echo/1/test.json":    {RunFile, "store/echo/1"},
		"store/echo/2/nodes/n0.log": {OtherFile, ""},
		"store/echo/2/nodes":        {OtherDir, ""},
		"store/echo/1":              {RunDir, "store/echo/1"},
		"store/echo/":               {RunsDir, "store/echo/2"},
		"store":                     {StoreDir, "store/echo/2"}, // the newest: nothing says which is the latest
		"other":                     {OtherDir, ""},
		"empty":                     {EmptyDir, ""},
		".":                         {OtherDir, ""},
	} {
		place, run := Locate(filepath.FromSlash(path))
		require.Equal(t, want.place, place, path)
		require.Equal(t, want.run, filepath.ToSlash(run), path)
	}
	require.NoError(t, os.WriteFile(filepath.Join("store", "latest"), []byte("echo/1\n"), 0o600)) // as on Windows
	place, run := Locate("store")
	require.Equal(t, StoreDir, place)
	require.Equal(t, filepath.Join("store", "latest"), run)
	place, _ = Locate(run)
	require.Equal(t, RunDir, place)
}
