//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A program that writes when it has said that it is done cannot be swept. That is said once, and no seed goes on.
func TestSweepOfAProgramThatKeepsRealTime(t *testing.T) {
	t.Parallel()
	node := filepath.Join(t.TempDir(), "node")
	require.NoError(t, os.WriteFile(node, []byte(`#!/bin/sh
while read -r line; do
	id=$(expr "$line" : '.*"msg_id":\([0-9]*\)')
	case $line in
	*'"init"'*) echo '{"src":"n0","dest":"c0","body":{"type":"init_ok","in_reply_to":'$id'}}' ;;
	*'"idle"'*)
		echo '{"src":"n0","dest":"clock","body":{"type":"idle_ok","in_reply_to":'$id'}}'
		echo '{"src":"n0","dest":"n0","body":{"type":"tick"}}'
		;;
	esac
done
`), 0o755))
	status, out, stderr := execute("sweep", "1", "--seeds", "1000", "--bin", node, "--store=")
	require.Equal(t, statusBroken, status, stderr)
	require.Contains(t, out, "0 of 1000 seeds of echo in ")
	require.Equal(t, 1, strings.Count(stderr, "after it had said that it had done all that there was to do"), stderr)
	require.Contains(t, stderr, "docs/virtual-time.md")
}

// Ctrl-C ends a sweep with what is known so far, and leaves nothing but whole runs behind.
func TestInterruptedSweep(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	g := startGlomers(t, nil, "sweep", "-w", "broadcast", "--node-count", "1", "--rate", "10", "--time-limit", "0.5", "--seeds", "100000",
		"--store", store, "--bin", os.Args[0], "--", asGlomers, "node", "broadcast-newest")
	require.Eventually(t, func() bool { return strings.Contains(g.said(), "seed 2: invalid") }, time.Minute, 10*time.Millisecond)
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.ErrorAs(t, g.cmd.Wait(), &exit)
	require.Equal(t, statusBroken, exit.ExitCode(), g.said())
	require.Regexp(t, `\n\d+ of 100000 seeds of broadcast in .*: \d+ invalid\n`, g.said())
	require.Contains(t, g.said(), "glomers: interrupted")
	left, err := os.ReadDir(g.temp)
	require.NoError(t, err)
	require.Empty(t, left)
	runs, err := filepath.Glob(filepath.Join(store, "broadcast", "*"))
	require.NoError(t, err)
	for _, dir := range runs {
		require.FileExists(t, filepath.Join(dir, "report.html"))
	}
}
