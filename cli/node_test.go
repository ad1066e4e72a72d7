package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A baseline or mutant runs as a process, and the harness judges it like any other node.
func TestNodesAsProcesses(t *testing.T) {
	t.Parallel()
	bin, err := os.Executable()
	require.NoError(t, err)
	for _, c := range []struct {
		workload, node string
		status         int
		says           string
	}{
		{"echo", "echo", statusValid, "valid: echo"},
		{"broadcast", "flooding", statusValid, "valid: broadcast"},
		{"txn-rw-register", "single-copy", statusValid, "valid: txn-rw-register"},
		{"unique-ids", "ids-counter", statusInvalid, "why: id "},
		{"echo", "nosuch", statusBroken, `no node is called "nosuch": want cas-counter, echo, flooding`},
	} {
		t.Run(c.node, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := execute("test", "-w", c.workload, "--bin", bin, "--time-limit", "1", "--rate", "20",
				"--store", t.TempDir(), "--", asGlomers, "node", c.node)
			require.Equal(t, c.status, status, stdout+stderr)
			require.Contains(t, stdout+stderr, c.says)
		})
	}
}

func TestNodesAreListed(t *testing.T) {
	status, stdout, _ := execute("node")
	require.Equal(t, statusValid, status)
	for _, s := range samples() {
		require.Regexp(t, `(?m)^  `+s.name+` +`+s.workload+` `, stdout)
		require.NotEmpty(t, s.about)
	}
	require.Contains(t, stdout, "--nemesis partition")
	require.NotContains(t, stdout, " \n")
}

func TestNodeNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range samples() {
		require.False(t, seen[s.name], s.name)
		seen[s.name] = true
	}
	_, stdout, _ := execute("__complete", "node", "")
	require.Contains(t, strings.Split(stdout, "\n"), "flooding\tbroadcast: passes values on to its neighbours in the topology")

	status, _, stderr := execute("node", "nosuch")
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, `no node is called "nosuch": want cas-counter, echo, flooding`)
	status, _, stderr = execute("node", "echo", "star")
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "2 words given: want glomers node [NAME]")

	_, stdout, _ = execute("node", "--help")
	require.Contains(t, stdout, "Examples:")
}
