package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Ctrl-C is how watching ends, while it waits for a change and during a round. It leaves nothing behind.
func TestInterruptedWatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		when func(g *glomers, store string) bool
	}{
		{"waiting", []string{"3c", "--", asGlomers, "node", "broadcast-gives-up"}, func(g *glomers, _ string) bool {
			return strings.Contains(g.said(), "Waiting for a change.")
		}},
		{"round", []string{"3b", "--time-limit", "1000000", "--", asGlomers, "node", "flooding"}, func(_ *glomers, store string) bool {
			journals, err := filepath.Glob(filepath.Join(store, "broadcast", "*", "journal.jsonl"))
			return err == nil && len(journals) > 0
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := t.TempDir()
			g := startGlomers(t, nil, append([]string{"watch", "--store", store, "--bin", os.Args[0]}, c.args...)...)
			require.Eventually(t, func() bool { return c.when(g, store) }, time.Minute, 10*time.Millisecond)
			require.NoError(t, g.cmd.Process.Signal(syscall.SIGINT))
			require.NoError(t, g.cmd.Wait(), g.said())
			left, err := os.ReadDir(g.temp)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}
