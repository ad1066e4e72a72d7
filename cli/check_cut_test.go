package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/flock"
)

// cutRun creates the directory of a run without results.
func cutRun(t *testing.T, workload, history string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	test, err := json.Marshal(map[string]any{"workload": workload, "nodes": []string{"n0", "n1"}, "concurrency": 2, "time-limit": "20s"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "test.json"), test, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "history.jsonl"), []byte(history), 0o600))
	return dir
}

const (
	twoIDs = `{"index":0,"time":0,"type":"invoke","process":0,"f":"generate","value":null}
{"index":1,"time":1000000000,"type":"ok","process":0,"f":"generate","value":"a"}
{"index":2,"time":1500000000,"type":"invoke","process":0,"f":"generate","value":null}
`
	sameID   = twoIDs + `{"index":3,"time":2000000000,"type":"ok","process":0,"f":"generate","value":"a"}` + "\n"
	lateID   = `{"index":3,"time":19900000000,"type":"ok","process":0,"f":"generate","value":"b"}` + "\n"
	lostHalf = `{"index":0,"time":0,"type":"invoke","process":0,"f":"broadcast","value":1}
{"index":1,"time":1,"type":"ok","process":0,"f":"broadcast","value":1}
{"index":2,"time":2,"type":"invoke","process":0,"f":"read","value":null}
{"index":3,"time":3,"type":"ok","process":0,"f":"read","value":[1]}
{"index":4,"time":4,"type":"invoke","process":1,"f":"read","value":null}
{"index":5,"time":5,"type":"ok","process":1,"f":"read","value":[]}
`
)

// The history of a run that was cut short is judged by its test.json, as far as it goes.
func TestCheckARunThatWasCutShort(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		workload, history string
		status            int
		says              []string
	}{
		"an operation is open": {"unique-ids", twoIDs, statusUnknown, []string{
			"unknown: unique-ids\n  the run was cut short: an operation was under way, and is taken as of unknown outcome; it ends after 1.5 s, and was to take 20s\n",
			"1 ok, 0 fail, 1 info",
		}},
		"half a line":       {"unique-ids", twoIDs + lateID[:20], statusUnknown, []string{"the last line is only half there, and left out"}},
		"blocks of nothing": {"unique-ids", twoIDs + strings.Repeat("\x00", 4096), statusUnknown, []string{"only half there"}},
		"violated already":  {"unique-ids", sameID, statusInvalid, []string{"invalid: unique-ids", "it ends after 2.0 s", `"a"`}},
		"perhaps only late": {"broadcast", lostHalf, statusUnknown, []string{"unknown: broadcast", "there are no final operations", "value 1"}},
		"nothing":           {"unique-ids", "", statusUnknown, []string{"it ends after 0.0 s"}},
		"all of it":         {"unique-ids", twoIDs + lateID, statusValid, []string{"valid: unique-ids", "warning: there is no results.json, so the run may have been cut short"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := cutRun(t, c.workload, c.history)
			for _, path := range []string{dir, filepath.Join(dir, "history.jsonl")} {
				status, stdout, stderr := execute("check", path)
				require.Equal(t, c.status, status, stdout+stderr)
				for _, says := range c.says {
					require.Contains(t, stdout, says)
				}
			}
		})
	}
}

// A run with results is judged as usual: there, half a line is damage. An older version left an empty file when the disk was
// full.
func TestCheckARunThatEnded(t *testing.T) {
	t.Parallel()
	dir := cutRun(t, "unique-ids", twoIDs+lateID[:20])
	results := filepath.Join(dir, "results.json")
	require.NoError(t, os.WriteFile(results, nil, 0o600))
	status, stdout, stderr := execute("check", dir)
	require.Equal(t, statusUnknown, status, stderr)
	require.Contains(t, stdout, "the run was cut short")

	require.NoError(t, os.WriteFile(results, []byte(`{"valid":true}`), 0o600))
	status, _, stderr = execute("check", dir)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "line 4: unexpected end of JSON input: the file ends within this line")
}

// While a run is going on, its history so far is judged.
func TestCheckARunThatGoesOn(t *testing.T) {
	t.Parallel()
	dir := cutRun(t, "unique-ids", twoIDs+lateID)
	f, err := os.Open(filepath.Join(dir, "history.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, flock.Lock(f))
	status, stdout, stderr := execute("check", dir)
	require.Equal(t, statusUnknown, status, stderr)
	require.Contains(t, stdout, "unknown: unique-ids\n  the run goes on, and this is what it has recorded so far\n")
}

func TestRunsWithoutResultsAreNamed(t *testing.T) {
	t.Parallel()
	dir := cutRun(t, "unique-ids", twoIDs)
	status, _, stderr := execute("compare", dir, dir)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "the run in "+dir+" has no results: it goes on, or was cut short. Its history can be judged, and compared, with\n  glomers check "+dir+" --json > results.json")
	_, judged, _ := execute("check", dir, "--json")
	file := filepath.Join(t.TempDir(), "results.json")
	require.NoError(t, os.WriteFile(file, []byte(judged), 0o600))
	status, stdout, stderr := execute("compare", file, file)
	require.Equal(t, statusValid, status, stderr)
	require.Regexp(t, `(?m)^valid +unknown +unknown$`, stdout)

	require.NoError(t, os.Remove(filepath.Join(dir, "history.jsonl")))
	status, _, stderr = execute("check", dir)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "was cut short before it had a history")
}
