//go:build unix

package report

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Nodes can put files into the directory of their run. The report does not wait for a pipe there, and does not show files
// from elsewhere.
func TestPlantedFiles(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	for kind, put := range map[string]func(path string) error{
		"not a regular file, but a named pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"path escapes from parent":             func(path string) error { return os.Symlink(secret, path) },
	} {
		f := small(t)
		names := []string{"test.json", "results.json", "history.jsonl", "journal.jsonl"}
		for _, name := range names {
			delete(f, name)
		}
		dir := f.write(t)
		names = append(names, "cycle-0.svg", "nodes/n2.log", "report.html", "latency.svg", "rate.svg", "messages.svg")
		for _, name := range names {
			require.NoError(t, put(filepath.Join(dir, name)))
		}
		p := open(t, dir)
		said := strings.Join(p.summary.Notes, "\n")
		for _, name := range names[:5] {
			require.Contains(t, said, name+" cannot be read (")
		}
		require.Equal(t, 5, strings.Count(said, kind), said)
		page, err := os.ReadFile(filepath.Join(dir, "report.html"))
		require.NoError(t, err)
		require.NotContains(t, string(page), "secret")
		require.Empty(t, p.summary.Pictures)
		require.NotContains(t, p.summary.Logs, "n2")
		text, err := os.ReadFile(secret)
		require.NoError(t, err)
		require.Equal(t, "secret", string(text))
	}
}
