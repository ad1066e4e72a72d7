//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// The program does not wait for the other end of a pipe in the directory of a run, and does not read the target of a link
// there.
func TestPipesAndLinksInARun(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(`{"valid":true,"workload":"echo"}`), 0o600))
	for _, name := range []string{"test.json", "history.jsonl", "results.json"} {
		for kind, put := range map[string]func(path string) error{
			"a named pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
			"escapes":      func(path string) error { return os.Symlink(secret, path) },
		} {
			dir := cutRun(t, "unique-ids", twoIDs)
			path := filepath.Join(dir, name)
			_ = os.Remove(path)
			require.NoError(t, put(path))
			for _, line := range [][]string{{"check", dir}, {"check", filepath.Join(dir, "history.jsonl")}, {"compare", dir, dir}} {
				if (line[0] == "compare") != (name == "results.json") {
					continue // this command does not read that file
				}
				status, _, stderr := execute(line...)
				require.Equal(t, statusBroken, status, "%s %s", kind, line)
				require.Contains(t, stderr, path+": ")
				require.Contains(t, stderr, kind)
			}
			status, stdout, stderr := execute("report", dir)
			require.Equal(t, statusValid, status, stderr)
			require.FileExists(t, strings.TrimSpace(stdout))
		}
	}
}
