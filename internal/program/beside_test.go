package program

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSolutionBeside(t *testing.T) {
	root, err := Root()
	require.NoError(t, err)
	var build Builder
	defer build.Close()
	echo, err := build.Program(t.Context(), filepath.Join(root, "echo"))
	require.NoError(t, err)

	found, err := solutionIn(filepath.Dir(echo), "echo")
	require.NoError(t, err)
	require.Equal(t, echo, found)

	_, err = solutionIn(filepath.Dir(echo), "broadcast")
	require.ErrorContains(t, err, "no solution broadcast beside")

	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	dir := t.TempDir()
	require.NoError(t, os.Rename(echo, filepath.Join(dir, "broadcast"+suffix)))
	_, err = solutionIn(dir, "broadcast")
	require.ErrorContains(t, err, "was built from glomers/echo")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "echo"+suffix), []byte("#!/bin/sh\n"), 0o755))
	_, err = solutionIn(dir, "echo")
	require.ErrorContains(t, err, "no solution echo beside")

	_, err = Beside("echo") // the test itself is in a directory of its own
	require.Error(t, err)
}
