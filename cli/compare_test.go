package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/compare"
)

const (
	ourResults = `{"valid": true, "seed": 18446744073709551615, "dir": "x",
 "availability": {"valid": true, "ok-fraction": 1},
 "net": {"servers": {"msgs-per-op": 0.5, "msg-count": 0}},
 "latencies": {"read": {"count": 3, "p50-ns": 1500000}},
 "nemesis": {"valid": true, "faults": ["partition"]},
 "workload": {"valid": true, "stable-latencies": {"0.5": 100, "1": 400}, "lost": [], "worst-stale": [{"element": 1}]}}`
	theirResults = `{:valid? :unknown, :availability {:valid? true, :ok-fraction 0.75},
 :net {:servers {:msgs-per-op 2.0, :msg-count 3}},
 :workload {:valid? false, :stable-latencies {0.5 746, 1 1003}, :lost (3 17 [4]), :lost-count 3}}`
)

func writeTwo(t *testing.T, a, b string) (dir string) {
	dir = t.TempDir()
	for name, text := range map[string]string{"a": a, "b": b} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func TestCompare(t *testing.T) {
	t.Chdir(writeTwo(t, ourResults, theirResults))
	status, stdout, stderr := execute("compare", "a", "b")
	require.Equal(t, statusValid, status, stderr)
	for _, row := range []string{
		`figure +B/A +A +B`,
		`valid +differs +yes +unknown`,
		`availability/ok-fraction +0.75 +1 +0.75`,
		`net/servers/msgs-per-op +4 +0.5 +2.0`,
		`net/servers/msg-count +differs +0 +3`,
		`seed +18446744073709551615 +-`,
		`latencies/read/p50-ns +1.5 ms +-`,
		`nemesis/faults +\[partition\] +-`,
		`workload/valid +differs +yes +no`,
		`workload/stable-latencies/1 +2.51 +400 ms +1003 ms`,
	} {
		require.Regexp(t, `(?m)^`+row+`$`, stdout)
	}
	require.NotContains(t, stdout, "worst-stale", "too long")
	require.NotContains(t, stdout, "17", "too long")
	require.NotContains(t, stdout, "dir")
	require.Contains(t, stdout, "To compare, run ours with --faithful.")
	for _, two := range []string{"a a", "b b"} {
		_, stdout, _ := execute(append([]string{"compare"}, words(two)...)...)
		require.NotContains(t, stdout, "--faithful", "of one harness")
	}

	status, stdout, stderr = execute("compare", "a", "b", "--json")
	require.Equal(t, statusValid, status, stderr)
	var c comparison
	require.NoError(t, json.Unmarshal([]byte(stdout), &c))
	require.Equal(t, "a", c.A)
	four := 4.0
	require.Contains(t, c.Figures, compare.Pair{Path: "net/servers/msgs-per-op", Unit: "msgs", A: 0.5, B: 2.0, Ratio: &four})
	require.Contains(t, c.Figures, compare.Pair{Path: "workload/lost-count", B: 3.0})
}

func TestCompareRejects(t *testing.T) {
	t.Chdir(writeTwo(t, ourResults, "[1"))
	require.NoError(t, os.Mkdir("empty", 0o755))
	require.NoError(t, os.WriteFile("list", []byte("(1 2)"), 0o600))
	require.NoError(t, os.WriteFile("other", []byte(`{"a": 1}`), 0o600))
	for args, says := range map[string]string{
		"a":        "1 results given: want two",
		"a b":      "b: neither JSON nor Maelstrom's results: edn: line 1: ",
		"a list":   "want a map",
		"other a":  "other: no verdict in there",
		"a empty":  "want the directory of a run, with results.json or results.edn",
		"a nosuch": "nosuch",
	} {
		status, stdout, stderr := execute(append([]string{"compare"}, words(args)...)...)
		require.Equal(t, statusBroken, status, args)
		require.Contains(t, stderr, says)
		require.Empty(t, stdout)
	}
}
