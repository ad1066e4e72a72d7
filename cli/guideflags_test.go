package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The names of the nodes can be given in every way that Jepsen offers.
func TestNodesOfTheGuide(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	require.NoError(t, os.WriteFile(file, []byte("f1\n f2\n\n"), 0o600))
	for flags, want := range map[string][]string{
		"--nodes n1":                                    {"n1"},
		"--node a -n b --nodes c1x,carol":               {"c1x", "carol", "a", "b"},
		"--nodes-file " + file + " -n z":                {"f1", "f2", "z"},
		"--nodes a,b --node-count 1 --concurrency 2n":   {"n0"},
		"--concurrency 3n -n x --nodes y":               {"y", "x"},
		"--concurrency 1 --no-ssh --leave-db-running":   {"n1", "n2", "n3", "n4", "n5"},
		"--init-timeout 20 --logging-json --log-stderr": {"n1", "n2", "n3", "n4", "n5"},
	} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			store := t.TempDir()
			status, _, stderr := execute(words("test -w echo --bin " + built(t, "official") + " --time-limit 0.3 --rate 100 --store " + store + " " + flags)...)
			require.Equal(t, statusValid, status, stderr)
			record, err := os.ReadFile(filepath.Join(store, "latest", "test.json"))
			require.NoError(t, err)
			var test struct {
				Nodes       []string `json:"nodes"`
				Concurrency int      `json:"concurrency"`
				InitTimeout string   `json:"init-timeout"`
			}
			require.NoError(t, json.Unmarshal(record, &test))
			require.Equal(t, want, test.Nodes)
			switch {
			case strings.Contains(flags, "--concurrency 3n"):
				require.Equal(t, 6, test.Concurrency)
			case strings.Contains(flags, "--no-ssh"):
				require.Contains(t, stderr, "--no-ssh does nothing here")
				require.Contains(t, stderr, "--leave-db-running does nothing here")
			case strings.Contains(flags, "--init-timeout"):
				require.Equal(t, "20s", test.InitTimeout)
				require.NotContains(t, stderr, "does nothing here")
				var line struct{ Msg, Workload string }
				first, _, _ := strings.Cut(stderr, "\n")
				require.NoError(t, json.Unmarshal([]byte(first), &line), stderr)
				require.Equal(t, "starting", line.Msg)
				require.Equal(t, "echo", line.Workload)
			}
		})
	}
}

// Bare words are arguments of the node, wherever they stand, and the command that repeats the run includes them.
func TestBareWordsAreTheNodes(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := execute(words("test twist -w echo --bin " + built(t, "misbehave") + " --node-count 1 --time-limit 0.3 --rate 100 --store " + t.TempDir())...)
	require.Equal(t, statusInvalid, status, stderr)
	require.Contains(t, stderr, "args=twist")
	require.Contains(t, stdout, "glomers test twist --bin "+built(t, "misbehave"))
}

func TestRateZero(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, stdout, stderr := execute(words("test --bin " + built(t, "official") + " --nodes n1,n2 --rate 0 --time-limit 0.3 --store " + store)...)
	require.Equal(t, statusValid, status, stdout+stderr)
	require.Contains(t, stdout, "valid: lin-kv", "the default workload")
	require.Contains(t, stdout, "0: 0 ok, 0 fail, 0 info")
}

func TestLogOps(t *testing.T) {
	t.Parallel()
	_, _, stderr := execute(words("test -w echo --bin " + built(t, "official") + " --node-count 1 --rate 100 --time-limit 0.3 --log-ops --store " + t.TempDir())...)
	require.Regexp(t, `(?m)^\S+ INF 0\t:invoke\t:echo\t"Please echo \d+"$`, stderr)
	require.Regexp(t, `(?m)^\S+ INF 0\t:ok\t:echo\t`, stderr)
}

// A consistency model that the workload does not check is accepted, and a message says so.
func TestModelWithoutAnomalies(t *testing.T) {
	t.Parallel()
	_, _, stderr := execute(words("test -w echo --bin " + built(t, "official") + " --node-count 1 --time-limit 0.1 --consistency-models causal,PL-2 --store " + t.TempDir())...)
	require.Contains(t, stderr, "no history is found to contradict causal:")
	require.NotContains(t, stderr, "contradict PL-2")
}
