//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
