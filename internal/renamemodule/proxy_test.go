package main

import (
	"archive/zip"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// publish puts a version of the module in root into a directory that the go command takes for a module proxy.
func publish(t *testing.T, root, proxy, module, version string) {
	t.Helper()
	versions := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	require.NoError(t, os.MkdirAll(versions, 0o777))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(versions, name), []byte(text), 0o600))
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	write("list", version+"\n")
	write(version+".info", fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version))
	write(version+".mod", string(mod))

	f, err := os.Create(filepath.Join(versions, version+".zip"))
	require.NoError(t, err)
	defer f.Close()
	z := zip.NewWriter(f)
	names, err := allFiles(root)
	require.NoError(t, err)
	for _, name := range moduleFiles(names) {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		require.NoError(t, err)
		w, err := z.Create(module + "@" + version + "/" + name)
		require.NoError(t, err)
		_, err = w.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
}

// moduleFiles returns the files of the module in the root: neither those of nested modules nor vendored packages. A directory
// vendor may hold files, as from Go 1.24 on.
func moduleFiles(names []string) []string {
	nested := make(map[string]bool)
	for _, name := range names {
		if path.Base(name) == "go.mod" && name != "go.mod" {
			nested[path.Dir(name)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if nested[dir] {
				return true
			}
		}
		_, vendored, _ := strings.Cut("/"+name, "/vendor/")
		return strings.Contains(vendored, "/")
	})
}

func TestModuleFiles(t *testing.T) {
	all := []string{"go.mod", "a.go", "tools/go.mod", "tools/a.go", "x/testdata/go.mod", "x/testdata/y/z", "x/a.go", "vendor/a/a.go", "x/vendor/y/b", "x/vendor/b"}
	require.Equal(t, []string{"go.mod", "a.go", "x/a.go", "x/vendor/b"}, moduleFiles(all))
}
