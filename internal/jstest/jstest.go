// Package jstest runs JavaScript tests as part of go test.
package jstest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Run runs the test files that match a pattern with the test runner of Node.js. It skips the test if Node.js is missing.
func Run(t *testing.T, pattern string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: needs node")
	}
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files) // without files, Node.js would search for tests everywhere
	out, err := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-reporter=tap"}, files...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Regexp(t, `(?m)^# pass [1-9]`, string(out))
}
