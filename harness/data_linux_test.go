package harness

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

// A process whose directory is full says so to its clients, and keeps what it had promised before.
func TestFullDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4k"); err != nil {
		t.Skip("skipped: needs root: ", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	t.Setenv("TMPDIR", dir)
	test := notebookTest(t)
	test.Rate, test.Concurrency = 500, 1000
	full := 0
	test.OnOp = func(op history.Op) {
		if strings.Contains(string(op.Error), "the disk of n0 is full") {
			full++
		}
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, full)
	require.Positive(t, res.Nemesis.InForce["kill"])
}
