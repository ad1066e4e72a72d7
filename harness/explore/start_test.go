package explore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/harness/history"
	"glomers/node"
)

type echo struct {
	Echo string `json:"echo"`
}

// sleeper answers init after 300 ms, and tells the test when that was and when it was asked, by its clock.
func sleeper(told func(what string)) func(n *node.Node) {
	return func(n *node.Node) {
		ready := false
		n.OnInit(func(ctx context.Context) error {
			first := n.Now()
			err := n.Sleep(ctx, 300*time.Millisecond)
			told(fmt.Sprintf("%s from %v to %v", n.ID(), float64(first.UnixMicro()%1e6)/1000, float64(n.Now().UnixMicro()%1e6)/1000))
			ready = true
			return err
		})
		node.HandleRPC(n, "echo", func(_ context.Context, e echo) (echo, error) {
			if !ready {
				told("too early")
			}
			return e, nil
		})
	}
}

// A node that takes its time to answer init is waited for. When it is started again, its clock has gone on.
func TestInitWaits(t *testing.T) {
	told := make(map[string]bool)
	scope := explore.Scope{
		Program: sleeper(func(what string) { told[what] = true }), Workload: "echo", Nodes: 1, Kills: 1,
		Given: []explore.Op{{F: "echo", Value: "a"}, {F: "echo", Value: "b"}},
	}
	r := explore.Explore(t, scope)
	require.True(t, r.Exhausted)
	require.Equal(t, map[string]bool{"n0 from 0 to 300": true, "n0 from 300.001 to 600.001": true}, told)
}

// In the warm-up, nodes have the time to do what they do at first; it is not explored.
func TestWarmup(t *testing.T) {
	scope := explore.Scope{
		Program: func(n *node.Node) {
			var ticks int
			n.Every(100*time.Millisecond, func(context.Context) { ticks++ })
			node.HandleRPC(n, "echo", func(_ context.Context, e echo) (echo, error) {
				if ticks < 4 {
					return e, node.NewRPCError(node.TemporarilyUnavailable, "not yet")
				}
				return e, nil
			})
		},
		Workload: "echo", Nodes: 1, Given: []explore.Op{{F: "echo", Value: "a"}}, Ticks: 1,
	}
	for warmup, want := range map[time.Duration]history.Type{0: history.Fail, 399 * time.Millisecond: history.Fail, 400 * time.Millisecond: history.OK} {
		scope.Warmup = warmup
		e, err := explore.Replay(scope, nil)
		require.NoError(t, err)
		require.Equal(t, want, e.History[1].Type, warmup)
		require.Equal(t, []explore.Kind{explore.Begin, explore.Fire}, []explore.Kind{e.Steps[0].Kind, e.Steps[1].Kind})
	}
}
