package twophase

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/node/nodetest"
)

// All nodes know the same outcome in the end.
func TestNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := []string{"n0", "n1", "n2"}
		c := nodetest.StartCluster(t, Register, ids...)
		require.Equal(t, outcomeReply{Working}, nodetest.Request[outcomeReply](c.Node("n1"), "outcome", struct{}{}))
		time.Sleep(time.Minute)
		outcome := nodetest.Request[outcomeReply](c.Node("n0"), "outcome", struct{}{})
		require.Contains(t, []string{Committed, Aborted}, outcome.State)
		for _, id := range ids {
			require.Equal(t, outcome, nodetest.Request[outcomeReply](c.Node(id), "outcome", struct{}{}))
		}
	})
}

func TestWorkload(t *testing.T) {
	require.NoError(t, Kind().Validate())
	w, err := Kind().New(workload.Config{})
	require.NoError(t, err)
	judge := func(outcomes ...string) check.Result {
		var h []history.Op
		for i := 0; i < len(outcomes); i += 2 {
			h = append(h, history.Op{Type: history.Invoke, F: "outcome"})
			h = append(h, history.Op{Type: history.OK, F: "outcome", Node: outcomes[i], Value: []byte(`"` + outcomes[i+1] + `"`)})
		}
		return w.Check(h)
	}
	r := judge("n0", Committed, "n1", Prepared, "n0", Committed)
	require.Equal(t, check.Valid, r.Verdict())
	require.Empty(t, r.Reasons())
	r = judge("n0", Committed, "n1", Aborted, "n2", Aborted)
	require.Equal(t, check.Invalid, r.Verdict())
	require.Equal(t, []string{"twophase: n0 committed, and n1 and n2 aborted"}, r.Reasons())
}
