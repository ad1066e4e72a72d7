package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

// A corpusCase is a history with the reference's verdict on it.
type corpusCase struct {
	Name    string `json:"name"`
	Options struct {
		Workload     string          `json:"workload"`
		Availability json.RawMessage `json:"availability"`
	} `json:"options"`
	History []json.RawMessage        `json:"history"`
	Expect  corpusVerdict            `json:"expect"`
	ByModel map[string]corpusVerdict `json:"expect_by_model"`
}

type corpusVerdict struct {
	Valid        check.Verdict `json:"valid"`
	Exception    string        `json:"exception"`
	Availability part          `json:"availability"` // the reference's availability_stats
	Stats        part          `json:"stats"`
}

type part struct {
	Valid check.Verdict `json:"valid"`
}

// A judged is the output of check --json.
type judged struct {
	Valid        check.Verdict `json:"valid"`
	Reasons      []string      `json:"reasons"`
	Workload     part          `json:"workload"`
	Stats        part          `json:"stats"`
	Availability part          `json:"availability"`
}

func readCorpus(t *testing.T, file string) []corpusCase {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "harness", "check", file+".jsonl.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var cases []corpusCase
	for dec := json.NewDecoder(z); dec.More(); {
		var c corpusCase
		require.NoError(t, dec.Decode(&c))
		cases = append(cases, c)
	}
	return cases
}

// checkCorpus passes the history to the command line, as JSON or in Maelstrom's format.
func checkCorpus(t *testing.T, c corpusCase, asEDN bool, args ...string) judged {
	t.Helper()
	file := filepath.Join(t.TempDir(), "history")
	text := bytes.NewBuffer(append(bytes.Join(asBytes(c.History), []byte("\n")), '\n'))
	if asEDN {
		h, err := history.Read(text)
		require.NoError(t, err)
		text = new(bytes.Buffer)
		require.NoError(t, history.WriteEDN(text, h))
	}
	require.NoError(t, os.WriteFile(file, text.Bytes(), 0o600))
	status, stdout, stderr := execute(append([]string{"check", file, "--json"}, args...)...)
	require.NotEqual(t, statusBroken, status, stderr)
	var j judged
	require.NoError(t, json.Unmarshal([]byte(stdout), &j))
	require.Equal(t, statusOf(j.Valid), status)
	return j
}

func asBytes(raws []json.RawMessage) [][]byte {
	var lines [][]byte
	for _, r := range raws {
		lines = append(lines, r)
	}
	return lines
}

// answered maps histories for which the reference throws an exception to our verdicts; see the tests of the checkers.
func answered() map[string]check.Verdict {
	return map[string]check.Verdict{
		"kafka-phantom-017": check.Invalid, "kafka-phantom-040": check.Invalid, "kafka-phantom-086": check.Invalid,
		"kafka-phantom-109": check.Invalid, "kafka-phantom-155": check.Invalid, "kafka-edge-unknown-value": check.Invalid,
		"kafka-edge-open-send-seen": check.Valid, "kafka-edge-poll-empty": check.Valid, "kafka-edge-empty": check.Invalid,
		"listappend-tpl-unwritten-0": check.Invalid, "listappend-tpl-unwritten-1": check.Invalid, "listappend-tpl-unwritten-2": check.Invalid,
		"listappend-edge-open-invocations": check.Valid,
		"uniqueids-object-dup-016":         check.Invalid, "uniqueids-object-dup-036": check.Invalid,
	}
}

var long = flag.Bool("long", false, "judge the whole corpus, not one history in five")

// The command line gives the corpus the same verdicts as the reference. The tests of the checkers have the whole corpus, too.
func TestCheckCorpus(t *testing.T) {
	t.Parallel()
	const share = 5 // one history in five without -long
	for file, workloads := range map[string]string{
		"testdata/setfull": "", "testdata/counter": "", "testdata/uniqueids": "unique-ids", "linear/testdata/linkv": "lin-kv",
		"kafka/testdata/kafka": "kafka", "elle/testdata/rwregister": "txn-rw-register", "elle/testdata/listappend": "txn-list-append",
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			cases := readCorpus(t, file)
			require.Greater(t, len(cases), 50)
			for i, c := range cases {
				if !*long && i%share != 0 {
					continue
				}
				workload := workloads
				if workload == "" {
					workload = c.Options.Workload
				}
				args, want := []string{"-w", workload}, c.Expect
				if models := slices.Sorted(maps.Keys(c.ByModel)); len(models) > 0 {
					model := models[i%len(models)]
					args, want = append(args, "--consistency-models", model), c.ByModel[model]
				}
				j := checkCorpus(t, c, i%2 == 1, args...)
				if ours, ok := answered()[c.Name]; ok {
					require.NotEmpty(t, want.Exception, c.Name)
					want.Valid = ours
				}
				require.Equal(t, want.Valid, j.Workload.Valid, "%s %v: %v", c.Name, args, j.Reasons)
				requireWhole(t, c, j)
			}
		})
	}
}

// requireWhole requires the overall verdict to be the worst of the verdicts of the parts, unless the history holds nothing,
// or too little, of its workload.
func requireWhole(t *testing.T, c corpusCase, j judged) {
	t.Helper()
	parts := check.Worst(j.Workload.Valid, j.Stats.Valid, j.Availability.Valid)
	switch {
	case len(c.History) == 0:
		require.Equal(t, check.Unknown, j.Valid, c.Name)
		require.Equal(t, []string{"nothing can be said: the history has no operation of a client"}, j.Reasons)
	case len(j.Reasons) > 0 && strings.Contains(j.Reasons[0], " marked final"):
		require.Equal(t, check.Worst(parts, check.Unknown), j.Valid, c.Name)
		for _, op := range c.History {
			require.NotContains(t, string(op), `"final"`, c.Name)
		}
	default:
		require.Equal(t, parts, j.Valid, "%s: %v", c.Name, j.Reasons)
	}
}

// The command line judges the figures common to all workloads as the reference does.
func TestCheckCorpusAvailability(t *testing.T) {
	t.Parallel()
	cases := readCorpus(t, "testdata/availability_stats")
	require.Greater(t, len(cases), 50)
	for i, c := range cases {
		args := []string{"-w", "kafka"} // kafka's crashes are exempt
		if want := strings.Trim(string(c.Options.Availability), `"`); want != "null" && want != "" {
			args = append(args, "--availability", want)
		}
		j := checkCorpus(t, c, i%2 == 1, args...)
		require.Equal(t, c.Expect.Availability.Valid, j.Availability.Valid, c.Name)
		require.Equal(t, c.Expect.Stats.Valid, j.Stats.Valid, c.Name)
	}
}

// The requests to nodes and their replies in Maelstrom's own runs, in its own format. The values come from the corpus'
// transcripts; the times are made up. The test also changes values, and requires that each change is found.
func TestCheckTranscripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after string // the replacement, for all replies of a kind
		ops           int
		says          string
	}{
		"echo":       {`:echo "Please echo 64"`, `:echo "Please echo 65"`, 35, `"Please echo 64" was answered with "Please echo 65"`},
		"g-set":      {"11 12", "11", 35, "value 12, acknowledged"},
		"pn-counter": {":value 4, :final? true", ":value 5, :final? true", 36, "returned 5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("testdata", "transcripts", name+".edn"))
			require.NoError(t, err)
			dir := filepath.Join(t.TempDir(), "store", name, "20260102T150405.000+0000")
			require.NoError(t, os.MkdirAll(dir, 0o755))
			file := filepath.Join(dir, "history.edn")
			require.NoError(t, os.WriteFile(file, text, 0o600))
			status, stdout, stderr := execute("check", dir, "--json")
			require.Equal(t, statusValid, status, stdout+stderr)
			var j struct {
				Stats struct {
					OK int `json:"ok-count"`
				} `json:"stats"`
			}
			require.NoError(t, json.Unmarshal([]byte(stdout), &j))
			require.Equal(t, c.ops, j.Stats.OK)

			lines := strings.SplitAfter(string(text), "\n")
			for i, line := range lines {
				if strings.Contains(line, ":type :ok") && !strings.Contains(line, ":add") {
					lines[i] = strings.ReplaceAll(line, c.before, c.after)
				}
			}
			require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600))
			status, stdout, stderr = execute("check", dir)
			require.Equal(t, statusInvalid, status, stdout+stderr)
			require.Contains(t, stdout, c.says)
		})
	}
}
