package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/record"
)

// A run in virtual time is its seed and its decisions: what test.json has of a run repeats it.
func TestChoices(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(flags ...string) (m record.Meta, hash, out string) {
		args := append([]string{"test", "-w", "echo", "--node-count", "2", "--virtual", "--time-limit", "1", "--seed", "3", "--store", dir, "--bin", os.Args[0]}, flags...)
		status, out, stderr := execute(append(args, "--", asGlomers, "node", "echo")...)
		require.Equal(t, statusValid, status, out+stderr)
		kept, err := record.Open(filepath.Join(dir, "latest"))
		require.NoError(t, err)
		defer kept.Close()
		m, err = kept.Meta()
		require.NoError(t, err)
		results, err := kept.Results()
		require.NoError(t, err)
		var r struct{ Hash string }
		require.NoError(t, json.Unmarshal(results, &r))
		return m, r.Hash, out
	}
	file := filepath.Join(dir, "choices.txt")
	require.NoError(t, os.WriteFile(file, []byte("nosuch:1.0\nworkload:0.127-1.0\n"), 0o644))

	_, seed, _ := run()
	m, changed, out := run("--choices", "@"+file)
	require.Equal(t, "nosuch:1.0~workload:0.127-1.0", m.Choices.String())
	require.Contains(t, out, "1 of 3 given decisions never came up: nosuch:1.0")
	require.NotEqual(t, seed, changed)
	again, same, _ := run("--choices", m.Choices.String())
	require.Equal(t, changed, same)
	require.Equal(t, m.Choices, again.Choices)
	require.Equal(t, choice.Override{Stream: "workload", At: 0, Option: 127}, again.Choices[1])
}
