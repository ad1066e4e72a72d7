package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/internal/bound"
)

// TestWaitingIsBelowTheBound: the bound is of nodes that answer at once. If all but one let their clients wait for that one, every write shows everywhere at once, for
// two messages per transaction; with many nodes and few transactions that is less. In a partition they are not available.
func TestWaitingIsBelowTheBound(t *testing.T) {
	const nodes, rate = 25, 10.0
	test := harness.Test{
		Workload: "txn-rw-register", Program: harness.InProcess(baselines.SingleCopy), NodeCount: nodes,
		Rate: rate, TimeLimit: 20 * time.Second, Options: workload.Options{ConsistencyModels: []string{"strict-serializable"}},
	}
	res := sim.Check(t, test)
	least := bound.Log{Nodes: nodes, Ops: rate, Writes: 0.766 * rate, Stale: 0.1, Copies: 1}.Least()
	require.LessOrEqual(t, res.Net.Servers.MsgsPerOp, 2.0)
	require.Greater(t, least, 10.0, "of nodes that do not wait")

	test = available(test)
	test.Nemesis, test.NemesisInterval = []string{"partition"}, 2*time.Second
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
}
