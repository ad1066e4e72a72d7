package harness_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/node"
)

type ticket struct {
	Ticket int64 `json:"ticket"`
}

// runTickets runs three nodes that hand out tickets in that way.
func runTickets(t *testing.T, take func(n *node.Node) func(ctx context.Context) (int64, error)) harness.Result {
	t.Helper()
	res, err := harness.Run(t.Context(), harness.Test{
		Kind: TicketsKind(),
		Program: harness.InProcess(func(n *node.Node) {
			next := take(n)
			node.HandleRPC(n, "take", func(ctx context.Context, _ struct{}) (ticket, error) {
				number, err := next(ctx)
				return ticket{number}, err
			})
		}),
		NodeCount: 3,
		Rate:      200,
		TimeLimit: 500 * time.Millisecond,
	})
	require.NoError(t, err)
	return res
}

// All nodes ask one service, which counts.
func TestTicketsOfAService(t *testing.T) {
	t.Parallel()
	res := runTickets(t, func(n *node.Node) func(context.Context) (int64, error) {
		return node.NewLinTSO(n).Next
	})
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
}

// Each node counts by itself.
func TestTicketsOfEachNode(t *testing.T) {
	t.Parallel()
	res := runTickets(t, func(*node.Node) func(context.Context) (int64, error) {
		var last int64
		return func(context.Context) (int64, error) {
			last++
			return last, nil
		}
	})
	require.Equal(t, check.Invalid, res.Valid)
	require.Contains(t, res.Reasons[0], "had been handed out")
}
