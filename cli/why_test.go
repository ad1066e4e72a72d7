package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines/mutants"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
)

// failedRun returns the directory of a run that failed, and its results.
func failedRun(t *testing.T) (dir string, res harness.Result) {
	t.Helper()
	all := mutants.All()
	i := slices.IndexFunc(all, func(m mutants.Mutant) bool { return m.Name == "ids-counter" })
	require.GreaterOrEqual(t, i, 0)
	res, err := sim.Run(t, harness.Test{
		Workload: "unique-ids", Program: harness.InProcess(all[i].Register), NodeCount: 2, Rate: 20, TimeLimit: 2 * time.Second, Seed: 1, Store: t.TempDir(),
	})
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.NotEmpty(t, res.Why)
	return res.Dir, res
}

// change changes the results of a run.
func change(t *testing.T, dir string, f func(results map[string]any)) {
	t.Helper()
	path := filepath.Join(dir, "results.json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(text, &all))
	f(all)
	text, err = json.Marshal(all)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

// A stored run is explained as it was when it ended, from its results or from its record.
func TestWhy(t *testing.T) {
	t.Parallel()
	dir, res := failedRun(t)
	status, stored, stderr := execute("why", dir)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stored, "invalid: unique-ids\n")
	require.Contains(t, stored, "  why: "+res.Why[0].Headline[:20])
	require.Regexp(t, `\n    look at .*report\.html#op\d+\n`, stored, "in this run no message matters")
	require.Empty(t, stderr)

	status, again, _ := execute("why", dir, "--again")
	require.Equal(t, statusValid, status)
	require.Equal(t, stored, again)

	require.NoError(t, os.Remove(filepath.Join(dir, "results.json")))
	status, cut, stderr := execute("why", dir)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, cut, "the run may have been cut short")
	require.Contains(t, cut, "  why: "+res.Why[0].Headline[:20])
}

func TestWhyTellsSomeOrAll(t *testing.T) {
	t.Parallel()
	dir, _ := failedRun(t)
	cause := map[string]any{"headline": "another \x1b[2J", "so": "x\u009b", "victims": 1}
	change(t, dir, func(r map[string]any) { r["why"] = []any{cause, cause, cause, cause, cause} })
	_, some, _ := execute("why", dir)
	require.Equal(t, 3, strings.Count(some, `why: another \x1b[2J`))
	require.Contains(t, some, "and 2 more causes: glomers why --all "+dir)
	_, all, _ := execute("why", "--all", dir)
	require.Equal(t, 5, strings.Count(all, "why: another"))
	requireHarmless(t, some+all)
}

func TestWhyOfARunWithoutCauses(t *testing.T) {
	t.Parallel()
	dir, _ := failedRun(t)
	change(t, dir, func(r map[string]any) { delete(r, "why"); r["valid"] = true; delete(r, "reasons") })
	status, stdout, _ := execute("why", dir)
	require.Equal(t, statusValid, status)
	require.Contains(t, stdout, "valid: unique-ids\n")
	require.Contains(t, stdout, dir+" is valid: there is nothing to explain\n")

	// The history says that nothing was done, which no cause explains.
	change(t, dir, func(r map[string]any) { r["valid"] = "unknown" })
	require.NoError(t, os.WriteFile(filepath.Join(dir, "history.jsonl"), nil, 0o600))
	status, stdout, stderr := execute("why", dir)
	require.Equal(t, statusUnknown, status, stderr)
	require.Contains(t, stdout, "nothing in its record explains this further")
}

// Of a run of Maelstrom there is a history, and its place says what the workload was.
func TestWhyOfMaelstrom(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "unique-ids", "now")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "history.edn"), []byte(`{:process 0, :type :invoke, :f :generate, :value nil, :index 0, :time 1}
{:process 0, :type :ok, :f :generate, :value 7, :index 1, :time 2000000}
{:process 1, :type :invoke, :f :generate, :value nil, :index 2, :time 3000000}
{:process 1, :type :ok, :f :generate, :value 7, :index 3, :time 4000000}
`), 0o600))
	status, stdout, stderr := execute("why", dir)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "invalid: unique-ids\n")
	require.Contains(t, stdout, "  why: id 7 was given out twice")
	require.NotContains(t, stdout, "look at", "it has no report")
}

func TestWhyRejects(t *testing.T) {
	t.Chdir(t.TempDir())
	run := func(name string, files map[string]string) {
		require.NoError(t, os.MkdirAll(name, 0o755))
		for file, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(name, file), []byte(text), 0o600))
		}
	}
	about := `{"workload":"echo"}`
	run("empty", nil)
	run("bad-test", map[string]string{"test.json": "{"})
	run("no-verdict", map[string]string{"test.json": about, "results.json": "{}"})
	run("half", map[string]string{"test.json": about, "results.json": `{"valid":fal`})
	run("no-history", map[string]string{"test.json": about})
	run("other", map[string]string{"test.json": `{"workload":"nonsense"}`, "history.jsonl": ""})
	for line, says := range map[string]string{
		"why":            filepath.Join("store", "latest") + ": no such file or directory: a run makes it",
		"why nosuch":     "nosuch",
		"why a b":        "want glomers why [DIR]",
		"why empty":      "empty does not say what its workload was: if it is the directory of a run, glomers check -w WORKLOAD empty",
		"why bad-test":   "test.json: unexpected end of JSON input",
		"why no-verdict": "it has no verdict\nglomers why --again no-verdict explains the run without its results",
		"why half":       "results.json: ",
		"why no-history": "cut short before it had a history",
		"why other":      `nonsense`,

		"why empty/../other/test.json": "not a directory",
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says, line)
		require.Empty(t, stdout, line)
	}
}
