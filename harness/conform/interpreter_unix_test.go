//go:build unix

package conform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A script whose interpreter env does not find is told so.
func TestInterpreterIsNotFound(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "node")
	require.NoError(t, os.WriteFile(script, []byte("#!/usr/bin/env pyhton3\n"), 0o700))
	report, err := Run(t.Context(), Options{Path: script, Checks: []string{"init"}})
	require.NoError(t, err)
	require.Len(t, report.Results, 1)
	require.Contains(t, report.Results[0].Reason, "pyhton3, which its first line names, is not on PATH")
}
