package harness

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/record"
)

// Any ids are accepted, and messages of a node whose id begins with c count as messages of a node.
func TestNamedNodes(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", program(t, "broadcast"))
	test.NodeCount, test.Nodes, test.Store = 0, []string{"carol", "bob.example.org"}, t.TempDir()
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.NotZero(t, res.Net.Servers.Messages)
	for _, id := range test.Nodes {
		require.FileExists(t, filepath.Join(res.Dir, "nodes", id+".log"))
	}
	require.Equal(t, "carol", test.NodeOf(0))
	require.Equal(t, "bob.example.org", test.NodeOf(1))
}

// An idle test has its final operations, and no others.
func TestIdle(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", program(t, "broadcast"))
	test.Idle, test.Store = true, t.TempDir()
	var ops []history.Op
	test.OnOp = func(op history.Op) { ops = append(ops, op) }
	start := time.Now()
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(start), test.TimeLimit)
	require.NotEmpty(t, ops)
	for _, op := range ops {
		require.True(t, op.Final, "%+v", op)
	}
	require.Equal(t, check.Unknown, res.Workload.Verdict(), "nothing was broadcast")
	var meta record.Meta
	readJSON(t, res.Dir, "test.json", &meta)
	require.Zero(t, meta.Rate)
}

func TestInitTimeout(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "mute"))
	test.InitTimeout = 150 * time.Millisecond
	_, err := Run(t.Context(), test)
	require.ErrorContains(t, err, "did not answer init with init_ok within 150ms")
}
