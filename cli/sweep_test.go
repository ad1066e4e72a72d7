package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/record"
	"glomers/internal/sweep"
)

// A node that leaves the newest value out of reads fails with each seed, of one cause; the smallest run is found, kept, and repeated by the
// command that is printed.
func TestSweepFindsAndShrinks(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, out, stderr := execute("sweep", "-w", "broadcast", "--node-count", "1", "--rate", "10", "--time-limit", "0.5", "--seeds", "11-15", "--shrink",
		"--store", store, "--bin", os.Args[0], "--", asGlomers, "node", "broadcast-newest")
	require.Equal(t, statusInvalid, status, stderr)
	require.Regexp(t, `^\n5 seeds of broadcast in .*: 4 invalid and 1 unknown\n`, out)
	require.Contains(t, stderr, "seed 11: invalid: ")
	require.Contains(t, out, "glomers test --bin "+os.Args[0]+" --node-count 1 --rate 10 --store "+store+" --time-limit 0.5 --virtual --workload broadcast --seed 11 -- ")
	require.Contains(t, out, "\n  msgs/op           0\n")
	require.Contains(t, out, "operations 5 → 1, faults 0 → 0, nodes 1 → 1")

	runs, err := filepath.Glob(filepath.Join(store, "broadcast", "*", "report.html"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(runs), 5, "three of the four, the unknown one, and the small one")
	smallest, err := record.Open(filepath.Join(store, "latest"))
	require.NoError(t, err)
	defer smallest.Close()
	m, err := smallest.Meta()
	require.NoError(t, err)
	require.Len(t, m.Excerpt.Ops, 1)

	_, again, found := strings.Cut(out[strings.Index(out, "smallest run"):], "again       glomers ")
	require.True(t, found)
	again, _, _ = strings.Cut(again, "\n")
	hash := func() string {
		var results struct{ Hash string }
		text, err := os.ReadFile(filepath.Join(store, "latest", "results.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &results))
		return results.Hash
	}
	small := hash()
	status, _, stderr = execute(words(again)...)
	require.Equal(t, statusInvalid, status, stderr)
	require.Equal(t, small, hash())

	for _, c := range []struct{ args, says string }{
		{"-w broadcast --excerpt " + smallest.Dir(), "--excerpt: only with --virtual"},
		{"-w g-set --virtual --excerpt " + smallest.Dir(), "has the workload broadcast, not g-set"},
		{"-w broadcast --virtual --excerpt " + filepath.Dir(runs[0]), "was a whole one: want the directory of one that glomers sweep --shrink made small"},
		{"-w broadcast --virtual --excerpt " + store, "--excerpt: "},
		{"-w broadcast --virtual --excerpt nosuch", "nosuch"},
		{"-w broadcast --seed 1 --choices workers:0.2", "--choices: only with --virtual and --seed"},
		{"-w broadcast --virtual --choices workers:0.2", "--choices: only with --virtual and --seed"},
		{"-w broadcast --virtual --seed 1 --choices workers", `choice: "workers": want STREAM:DECISION.OPTION`},
		{"-w broadcast --virtual --seed 1 --choices @nosuch", "choice: open nosuch"},
	} {
		status, _, stderr = execute(words("test --bin true " + c.args)...)
		require.Equal(t, statusBroken, status, c.args)
		require.Contains(t, stderr, c.says)
	}
}

// A challenge brings its flags along. Without --bin it is run on the solution of this repository, and nothing is kept if all is well.
func TestSweepOfAChallenge(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, out, stderr := execute("sweep", "1", "--time-limit", "1", "--seeds", "3", "--json", "--store", store)
	require.Equal(t, statusValid, status, stderr)
	var r sweep.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, "echo", r.Workload)
	require.Equal(t, map[string]int{"valid": 3}, r.Verdicts)
	require.Empty(t, r.Differing)
	kept, err := os.ReadDir(store)
	require.NoError(t, err)
	require.Empty(t, kept)

	status, _, stderr = execute("sweep", "1", "--time-limit", "1", "--seeds", "2", "--keep-all", "--store", store)
	require.Equal(t, statusValid, status, stderr)
	runs, err := filepath.Glob(filepath.Join(store, "echo", "*", "report.html"))
	require.NoError(t, err)
	require.Len(t, runs, 2)
}

// A sweep lists what never happened, goes on until there is nothing new, and tells of violations.
func TestSweepOfProperties(t *testing.T) {
	t.Parallel()
	base := "sweep -w echo --node-count 1 --time-limit 1 --store= --bin " + built(t, "misbehave")
	status, out, stderr := execute(words(base + " --until-quiet 3 -- claim")...)
	require.Equal(t, statusValid, status, stderr)
	require.Regexp(t, `^\n4 seeds of echo in .*, nothing new in the last 3: 4 valid\n`, out, "the first one is new")
	require.Contains(t, out, "\nproperties: 2 of 3 seen\n  never reached: reachable \"nowhere\"\n")

	status, out, stderr = execute(words(base + " --seeds 2 --all-properties --json -- claim")...)
	require.Equal(t, statusInvalid, status, stderr)
	var r sweep.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, []string{`never reached: reachable "nowhere"`}, r.Never)
	require.Equal(t, "a third request", r.Properties[1].Name)
	require.Equal(t, 2, r.Properties[1].Seeds)
	require.Zero(t, r.Quiet)
	require.Equal(t, map[string]int{"valid": 2}, r.Verdicts)

	status, out, _ = execute(words(base + " --seeds 2 -- violate")...)
	require.Equal(t, statusInvalid, status)
	require.Regexp(t, `\ninvalid: always "few requests" did not hold at n0 after \d\.\d{3} s \(1 in all\)\n  2 seeds +1 and 2\n`, out)

	status, out, _ = execute(words("test --virtual -w echo --node-count 1 --time-limit 1 --store= --bin " + built(t, "misbehave") + " -- violate")...)
	require.Equal(t, statusInvalid, status)
	require.Regexp(t, `did not hold at n0 after \d\.\d{3} s \(1 in all\)\n    \{"requests":3\}\n`, out)
	require.Contains(t, out, "  properties    2 of 3 seen\n                never reached: reachable \"nowhere\"\n")
}

func TestSweepRefuses(t *testing.T) {
	t.Parallel()
	for args, says := range map[string]string{
		"":                      "no test given: want a challenge (1, 2, 3a",
		"3z":                    "3z",
		"all":                   "a sweep is of one test",
		"3c --seeds 0":          "want a number of seeds such as 1000",
		"3c --seeds 7-5":        "want a number of seeds such as 1000",
		"3c --seeds 1-99999999": "at most 10000000",
		"3c --seeds many":       "want a number of seeds such as 1000",
		"3c --until-quiet 0":    "want a whole number from 1",
		"3c --jobs 0":           "want a whole number from 1",
		"3c --seed 7":           "unknown flag: --seed: did you mean --seeds?",
		"3c --nemesis nosuch":   "want partition",
		"-w echo":               "no node given: want --bin",
		"-w nosuch --bin true":  "want ",
		"3c --bin nosuch":       "nosuch",
	} {
		status, _, stderr := execute(words("sweep --store= " + args)...)
		require.Equal(t, statusBroken, status, args)
		require.Contains(t, stderr, says, args)
	}
}

// What no seed can change ends the sweep, and is said once.
func TestSweepEndsAtOnce(t *testing.T) {
	t.Parallel()
	status, out, stderr := execute("sweep", "1", "--bin", "true", "--nemesis", "skew", "--store=")
	require.Equal(t, statusBroken, status)
	require.Contains(t, out, "0 of 100 seeds of echo in ")
	require.Equal(t, 1, strings.Count(stderr, "the clock of a process cannot be set"), stderr)
}
