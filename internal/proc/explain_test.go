package proc

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// If a program cannot be started, the error says what to do about it.
func TestExplain(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"no-interpreter":   {"print(1)\n", 0o755, "exec format error: if it is a script, its first line must name the interpreter, as in #!/usr/bin/env python3"},
		"not-executable":   {"#!/bin/sh\n", 0o644, "make the file executable: chmod +x "},
		"gone-interpreter": {"#!/no/such/thing -x\n", 0o755, `not the interpreter that its first line names, "/no/such/thing -x"`},
		"windows":          {"#!/bin/sh\r\necho\r\n", 0o755, `the first line of the file, "#!/bin/sh\r", ends in a carriage return`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			require.NoError(t, os.WriteFile(path, []byte(c.text), c.mode))
			var g Guard
			defer g.Close()
			_, err := Start(&g, Command{Path: path})
			require.ErrorContains(t, err, c.want)
		})
	}
	var g Guard
	defer g.Close()
	_, err := Start(&g, Command{Path: dir})
	require.ErrorContains(t, err, "it is a directory")
	_, err = Start(&g, Command{Path: filepath.Join(dir, "missing")})
	require.ErrorContains(t, err, "no such file or directory")
}

// A script whose interpreter env does not find ends at once, with a status of env's own.
func TestNotFound(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"#!/usr/bin/env pyhton3\n":    "; pyhton3, which its first line names, is not on PATH",
		"#!/usr/bin/env -S pyhton3\n": "; pyhton3, which its first line names, is not on PATH",
		"#!/usr/bin/env go\r\n":       `; the first line of the file, "#!/usr/bin/env go\r", ends in a carriage return: save it with Unix line ends`,
		"#!/usr/bin/env go\n":         "", // it was the program itself that did not find something
		"#!/bin/sh\n":                 "",
		"\x7fELF":                     "",
		"":                            "",
	} {
		path := filepath.Join(dir, "node")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o700))
		require.Equal(t, want, notFound(path, 127), text)
		require.Empty(t, notFound(path, 1), text)
	}
	require.Empty(t, notFound(filepath.Join(dir, "nosuch"), 127))
}
