package explore_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/node"
)

// A node has another time after a restart, so that it can take its ids from the time at which it started: when its handlers are
// registered, or when it is initialised.
func TestRestartTakesTime(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]bool{"registered": true, "initialised": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scope := explore.Scope{
				Workload: "unique-ids", Nodes: 1, Kills: 1, Given: []explore.Op{{F: "generate"}, {F: "generate"}},
				Program: func(n *node.Node) { idsFromStart(n, early) },
			}
			r, err := explore.Run(t.Context(), scope)
			require.NoError(t, err)
			require.True(t, r.Exhausted, r)
		})
	}
}

// idsFromStart counts ids from the time of its start.
func idsFromStart(n *node.Node, early bool) {
	last := n.Now().UnixMicro() << 20
	n.OnInit(func(context.Context) error {
		if !early {
			last = n.Now().UnixMicro() << 20
		}
		return nil
	})
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (map[string]int64, error) {
		last++
		return map[string]int64{"id": last}, nil
	})
}
