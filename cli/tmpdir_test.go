package cli

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
)

// If the directory for temporary files is missing, commands that do not need it work, and commands that need it report the
// error.
func TestWithoutTMPDIR(t *testing.T) {
	store := t.TempDir()
	var build program.Builder
	t.Cleanup(build.Close)
	bin, err := build.Program(t.Context(), "testdata/official")
	require.NoError(t, err)
	t.Setenv("TMPDIR", filepath.Join(store, "nosuch"))
	echo := "test -w echo --node-count 1 --time-limit 1 --rate 20 --store " + store + " --bin "

	status, stdout, stderr := execute(words(echo + bin)...)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "valid: echo")
	for _, line := range []string{"check " + store + "/latest", "report " + store + "/latest", "compare " + store + "/latest " + store + "/latest", "version"} {
		status, _, stderr := execute(words(line)...)
		require.Equal(t, statusValid, status, stderr)
	}
	status, _, stderr = execute(words(echo + "testdata/official")...)
	require.Equal(t, statusBroken, status)
	require.Regexp(t, `cannot build .*testdata/official: no directory for what is built: .*nosuch.*: set TMPDIR to one that is there and can be written to`, stderr)
}
