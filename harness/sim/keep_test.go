package sim

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/node"
)

// A failed test says why, and where to look if the report is kept.
func TestCauses(t *testing.T) {
	type id struct {
		ID int `json:"id"`
	}
	same := func(n *node.Node) {
		node.HandleRPC(n, "generate", func(context.Context, struct{}) (id, error) { return id{7}, nil })
	}
	res, err := Run(t, harness.Test{Workload: "unique-ids", Program: harness.InProcess(same), NodeCount: 1, TimeLimit: time.Second, Seed: 1, Store: t.TempDir()})
	require.NoError(t, err)
	told := causes(res, true)
	require.Contains(t, told, "  why: id 7 was given out")
	require.Contains(t, told, "look at "+res.Dir)
	require.NotContains(t, causes(res, false), "look at")
	res.Why = nil
	require.Empty(t, causes(res, true))
}
