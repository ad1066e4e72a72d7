package watching

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs as glomers init makes them, and others, each in a directory of its own.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rust/Cargo.toml": "", "rust/target/release/other": "", "c/serve.c": "", "c/build/c": "",
		"jvm/Main.java": "", "jvm/build/Main.class": "", "python/main.py": "#!/usr/bin/env python3\n", "go/go.mod": "", "go/cmd/main.go": "",
		"bare/node": "\x7fELF", "scripts/echo.py": "import sys\n", "tools/java": "", "tools/java.exe": "", "tools/python3": "", "tools/python3.exe": "",
	} {
		write(t, dir, name, text)
	}
	for _, tool := range []string{"java", "python3"} {
		require.NoError(t, os.Chmod(filepath.Join(dir, "tools", tool), 0o755))
	}
	t.Setenv("PATH", filepath.Join(dir, "tools"))
	for _, c := range []struct {
		in, bin, args, build string
		root                 string // from dir
		builds               string
		interpreted          bool
	}{
		{"rust", "target/release/rust", "", "", "rust", "cargo build --release", false},
		{"", "rust/target/release/other", "", "", "rust", "cargo build --release", false},
		{"rust", "target/release/rust", "", "cargo build --locked --release", "rust", "cargo build --locked --release", false},
		{"c", "build/c", "", "", "c", "make", false},
		{"jvm", "java", "-cp build Main", "", "jvm", "javac -cp . -d build Main.java Tests.java", true},
		{"", "java", "-cp jvm/build Main", "", "jvm", "javac -cp . -d build Main.java Tests.java", true},
		{"", "python/main.py", "", "", "python", "", true},
		{"", "python3", "scripts/echo.py", "", "scripts", "", true},
		{"python", "python3", "-c pass", "", "python", "", true},
		{"", "go/cmd", "", "", "go", "", false},
		{"bare", "node", "", "", "bare/node", "", false},
		{"bare", "node", "", "make node", "bare", "make node", false},
	} {
		t.Chdir(filepath.Join(dir, c.in))
		got, err := Find(c.bin, strings.Fields(c.args), c.build)
		require.NoError(t, err, c)
		root, err := filepath.Abs(got.Root)
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, filepath.FromSlash(c.root)), root, c)
		require.Equal(t, strings.Fields(c.builds), append([]string{}, got.Build...), c)
		require.Equal(t, c.interpreted, got.interpreted, c)
	}
	t.Chdir(dir)
	_, err := Find("go/cmd", nil, "make")
	require.ErrorContains(t, err, "is a directory, which the go command builds")

	_, ok := Here()
	require.False(t, ok)
	t.Chdir(filepath.Join(dir, "c"))
	here, ok := Here()
	require.True(t, ok)
	require.Equal(t, []string{"make"}, here.Build)
}

// A script is another program if a file beside it changes, an executable is not.
func TestIdentity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "main.py", "#!/usr/bin/env python3\n")
	write(t, dir, "lib.py", "one")
	bin := filepath.Join(dir, "main.py")
	script, err := Find(bin, nil, "")
	require.NoError(t, err)
	before, err := Scan(dir, Tree{})
	require.NoError(t, err)
	write(t, dir, "lib.py", "three")
	after, err := Scan(dir, before)
	require.NoError(t, err)
	identity := func(target Target, tree Tree) string {
		id, err := target.Identity(bin, tree)
		require.NoError(t, err)
		return id
	}
	require.NotEqual(t, identity(script, before), identity(script, after))
	require.Equal(t, identity(script, after), identity(script, after))
	require.Equal(t, identity(Target{}, before), identity(Target{}, after))
	_, err = script.Identity(filepath.Join(dir, "nosuch"), after)
	require.ErrorIs(t, err, os.ErrNotExist)
}
