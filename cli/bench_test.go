package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/bench"
)

// The command line must understand every command of a set, so that an hour of measuring does not end at a mistyped flag.
func TestBenchTests(t *testing.T) {
	for _, set := range bench.Sets() {
		for _, quick := range []bool{false, true} {
			_, err := set.Tests(readTest, quick)
			require.NoError(t, err, set.Name)
		}
	}
}

func TestBenchArguments(t *testing.T) {
	for line, says := range map[string]string{
		"bench nosuch":     `no set is called "nosuch": want challenges, broadcast-frontier`,
		"bench --runs 0":   "want a whole number from 1",
		"bench --jobs few": "want a whole number from 1",
	} {
		status, _, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says)
	}
	status, stdout, _ := execute("bench", "--list", "kafka-designs")
	require.Equal(t, statusValid, status)
	require.Contains(t, stdout, "kafka-designs")
	require.NotContains(t, stdout, "challenges")

	dir := t.TempDir()
	status, stdout, stderr := execute("bench", "--render", "--out", dir, "runtime")
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "results and charts: "+dir)
}
