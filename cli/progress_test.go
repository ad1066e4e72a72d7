package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/internal/challenge"
	"glomers/internal/compare"
	"glomers/internal/progress"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	status, stdout, stderr := execute("progress", "--store", store)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "0 of 15 passed\n\n1  echo                          not run yet\n")

	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.Local)
	for i, o := range []challenge.Outcome{
		{Challenge: "1", Name: "echo", Valid: check.Valid, OKFraction: 1},
		{Challenge: "3d", Name: "efficient broadcast I", Valid: check.Valid, OKFraction: 1, MsgsPerOp: 5.5, Stale: &compare.Staleness{Median: 250 * time.Millisecond, Max: 500 * time.Millisecond}},
		{Challenge: "3c", Name: "fault-tolerant broadcast", Valid: check.Invalid},
	} {
		require.NoError(t, progress.Record(store, o, true, at.AddDate(0, 0, i)))
	}
	status, stdout, stderr = execute("progress", "--store", store)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "2 of 15 passed")
	require.Contains(t, stdout, "1  echo                          passed 2026-03-01  0 msgs/op\n")
	require.Contains(t, stdout, "3c fault-tolerant broadcast      invalid (2026-03-03, 1 run)\n")
	require.Contains(t, stdout, "3d efficient broadcast I         passed 2026-03-02  5.5 msgs/op, 250 / 500 ms\n   target     < 30 msgs/op, < 400 / 600 ms\n   published  7.8 at 336 / 502 ms; ")
	require.Regexp(t, `needed     0\.\d+ msgs/op by any program with this maximum`, stdout)
	for line := range strings.Lines(stdout) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 81, line)
	}

	status, stdout, _ = execute("progress", "--json", "--store", store)
	require.Equal(t, statusValid, status)
	var p progress.Progress
	require.NoError(t, json.Unmarshal([]byte(stdout), &p))
	require.Len(t, p.Challenges, 3)

	require.NoError(t, os.WriteFile(filepath.Join(dir, ".glomers", "progress.json"), []byte("{"), 0o644))
	status, _, stderr = execute("progress", "--store", store)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "progress.json cannot be understood")
}

// Runs of a node of one's own with the published command are noted, by watch and by challenge.
func TestProgressIsNoted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	node := " --virtual --bin " + built(t, "gossip") + " --store " + store
	for _, c := range []struct {
		line string
		runs int
	}{
		{"challenge 3a", 1},
		{"challenge 3a --time-limit 1", 1}, // not the published command
		{"watch 3a --once", 2},
		{"watch 3a --once --time-limit 1", 2},
	} {
		status, stdout, stderr := execute(words(c.line + node)...)
		require.Equal(t, statusValid, status, stdout+stderr)
		p, err := progress.Load(store)
		require.NoError(t, err)
		require.Equal(t, c.runs, p.Challenges["3a single-node broadcast"].Runs, c.line)
	}

	// A file that cannot be read is no reason to lose a verdict.
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".glomers", "progress.json"), []byte("{"), 0o644))
	status, _, stderr := execute(words("challenge 3a" + node)...)
	require.Equal(t, statusValid, status)
	require.Contains(t, stderr, "progress.json cannot be understood")
}
