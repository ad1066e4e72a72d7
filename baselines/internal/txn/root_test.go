package txn_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/baselines/internal/txn"
	"glomers/node"
	"glomers/node/nodetest"
)

func startRoot(t *testing.T, service func(req node.Message) any) *nodetest.Client {
	c := nodetest.New(t, func(n *node.Node) { txn.ServeLists(n, txn.Root{KV: node.NewLinKV(n), Node: n}.Run) })
	c.Service(node.LinKV, service)
	c.Init()
	return c
}

type request struct {
	Txn json.RawMessage `json:"txn"`
}

var (
	appends = request{json.RawMessage(`[["r",8,null],["append",8,2],["r",8,null]]`)}
	reads   = request{json.RawMessage(`[["r",8,null]]`)}
)

// If another client was faster, the transaction runs again on the new state.
func TestRootRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kv nodetest.KV
		swaps := 0
		c := startRoot(t, func(req node.Message) any {
			if req.Type() == "cas" {
				if swaps++; swaps == 1 {
					kv.Set("root", txn.Lists{"8": {json.RawMessage("1")}})
				}
			}
			return kv.Serve(req)
		})
		require.JSONEq(t, `[["r",8,[1]],["append",8,2],["r",8,[1,2]]]`, string(nodetest.Request[request](c, "txn", appends).Txn))
		require.Equal(t, 2, swaps)
		require.JSONEq(t, `[["r",8,[1,2]]]`, string(nodetest.Request[request](c, "txn", reads).Txn))
		require.Equal(t, 2, swaps, "who only reads swaps nothing")
	})
}

// A transaction that never succeeds fails, with an error that tells the client that it had no effect.
func TestRootGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kv nodetest.KV
		c := startRoot(t, func(req node.Message) any {
			if req.Type() == "cas" {
				return node.NewRPCError(node.PreconditionFailed, "somebody was faster")
			}
			return kv.Serve(req)
		})
		c.ExpectError(node.TxnConflict, "txn", appends)
	})
}
