package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// fakeMaelstrom puts a launcher in the place of Maelstrom's, and a Java that only has a version. The launcher
// writes results, then exits with status.
func fakeMaelstrom(t *testing.T, results, status string) {
	bin := t.TempDir()
	script := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text), 0o755))
	}
	script("java", `echo 'openjdk version "17.0.1"' >&2`)
	script("maelstrom", `
echo "words: $*"
mkdir -p store/broadcast/now
ln -sfn broadcast/now store/latest
`+results+`
exit `+status)
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("MAELSTROM", bin)
}

func writeResults(text string) string {
	return "cat >store/latest/results.edn <<'END'\n" + text + "\nEND"
}

const (
	goodResults = `{:stats {:valid? true}, :availability {:valid? true, :ok-fraction 0.99}, :net {:servers {:msgs-per-op 1.7}},
 :workload {:valid? true, :lost-count 0, :stable-latencies {0 0, 0.5 746, 0.95 960, 0.99 990, 1 1003}}, :valid? true}`
	badResults = `{:stats {:valid? :unknown}, :availability {:valid? true, :ok-fraction 1.0}, :net {:servers {:msgs-per-op 2}},
 :workload {:valid? false, :lost-count 2, :lost (3 17)}, :valid? false}`
)

func TestMaelstromHarness(t *testing.T) {
	for name, c := range map[string]struct {
		results, exit string
		status        int
		row, says     string
	}{
		"valid":      {writeResults(goodResults), "0", statusValid, `3e efficient broadcast II +valid +0.99 +1.7 \(< 20\) +746 ms \(< 1s\) +1003 ms \(< 2s\)`, ""},
		"invalid":    {writeResults(badResults), "1", statusInvalid, "3e efficient broadcast II +invalid +1 +2 ", "the check workload is invalid: 2 elements were lost: [3 17]"},
		"rubbish":    {writeResults("{"), "0", statusBroken, "broken", "edn: line 2"},
		"no verdict": {writeResults("{}"), "0", statusBroken, "broken", "want true, false or :unknown"},
		"crash":      {writeResults(goodResults), "255", statusBroken, "broken", "exit status 255"},
		"nothing":    {"rm store/latest", "1", statusBroken, "broken", "maelstrom left no results"},
	} {
		t.Run(name, func(t *testing.T) {
			fakeMaelstrom(t, c.results, c.exit)
			status, stdout, stderr := execute(words("challenge 3e --harness maelstrom --bin /bin/sh --store " + t.TempDir())...)
			require.Equal(t, c.status, status, stderr)
			require.Regexp(t, c.row, stdout)
			require.Contains(t, stdout, c.says)
			require.Contains(t, stderr, "words: test -w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100 --bin /bin/sh")
		})
	}
}

// Maelstrom's verdict is valid; what was decided about its history stands beside it.
func TestMaelstromHistoriesAreDecided(t *testing.T) {
	fractured := `cat >store/latest/history.edn <<'END'
{:index 0, :time 1, :type :invoke, :process 0, :f :txn, :value [[:w 8 1] [:w 9 1]]}
{:index 1, :time 2, :type :ok, :process 0, :f :txn, :value [[:w 8 1] [:w 9 1]]}
{:index 2, :time 3, :type :invoke, :process 1, :f :txn, :value [[:r 8 nil] [:r 9 nil]]}
{:index 3, :time 4, :type :ok, :process 1, :f :txn, :value [[:r 8 nil] [:r 9 1]]}
END
`
	line := words("challenge 6c --harness maelstrom --bin /bin/sh --store " + t.TempDir())
	fakeMaelstrom(t, fractured+writeResults(goodResults), "0")
	status, stdout, stderr := execute(line...)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "valid; decided: read committed ")
	require.Contains(t, stdout, "read atomic is violated (and with it causal consistency): T1 (op 3, process 1) knew of T2 (op 1, process 0)")

	fakeMaelstrom(t, "rm -f store/latest/history.edn\n"+writeResults(goodResults), "0")
	status, stdout, stderr = execute(line...)
	require.Equal(t, statusValid, status, "that is up to Maelstrom")
	require.NotContains(t, stdout, "decided")
	require.Contains(t, stderr, "nothing was decided completely, as maelstrom's history cannot be read: ")
}

func TestEarlierResultsOfMaelstromAreNotTaken(t *testing.T) {
	line := words("challenge 1 --harness maelstrom --bin /bin/sh --store " + t.TempDir())
	fakeMaelstrom(t, writeResults(goodResults), "0")
	status, _, stderr := execute(line...)
	require.Equal(t, statusValid, status, stderr)

	require.NoError(t, os.WriteFile(filepath.Join(os.Getenv("MAELSTROM"), "maelstrom"), []byte("#!/bin/sh\nexit 1\n"), 0o755))
	status, stdout, _ := execute(line...)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stdout, "left no results")
}

func TestMaelstromIsMissing(t *testing.T) {
	t.Setenv("MAELSTROM", t.TempDir())
	status, stdout, stderr := execute("challenge", "1", "--harness", "maelstrom")
	require.Equal(t, statusBroken, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "no launcher called maelstrom")
}

// The reference's own results, with what its pages of figures say.
func TestReadResultsOfMaelstrom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "edn", "testdata", "uniqueids.edn"))
	require.NoError(t, err)
	o, err := readResults(string(text))
	require.NoError(t, err)
	require.Equal(t, outcome{Valid: check.Valid, OKFraction: 1}, o)
}
