package harness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// A node that floods stderr changes nothing but its own log.
func TestStderrIsBounded(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "shout"))
	test.Store, test.Limits.Logs, test.NodeCount = t.TempDir(), 100_000, 2
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Contains(t, strings.Join(res.Warnings, "\n"), "that nodes wrote to stderr (all by n0) are not in their logs, as the logs of all nodes together may have 100 kB; --max-logs")

	loud, err := os.ReadFile(filepath.Join(res.Dir, "nodes", "n0.log"))
	require.NoError(t, err)
	require.Less(t, len(loud), 100_000+16<<10+1000)
	require.Contains(t, string(loud), "glomers: from here on")
	quiet, err := os.ReadFile(filepath.Join(res.Dir, "nodes", "n1.log"))
	require.NoError(t, err)
	require.Equal(t, "one line\n", string(quiet))
}

// The error of a node that flooded stderr still has its last words.
func TestLastWordsAfterAFlood(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "shout", "end"))
	test.Store, test.Limits.Logs, test.TimeLimit = t.TempDir(), 100_000, time.Hour
	_, err := Run(t.Context(), test)
	var broken *NodeError
	require.ErrorAs(t, err, &broken)
	require.Contains(t, broken.Log, "that was all")
	log, err := os.ReadFile(filepath.Join(test.Store, "latest", "nodes", broken.Node+".log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "that was all\n")
}
