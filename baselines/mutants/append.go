package mutants

import (
	"context"

	"glomers/baselines/internal/txn"
	"glomers/node"
)

// appendOverwrite reads the store, runs the transaction, and writes the outcome back. If another node has written meanwhile, its
// appends are lost.
func appendOverwrite(n *node.Node) {
	root := txn.Root{KV: node.NewLinKV(n), Node: n}
	txn.ServeLists(n, func(ctx context.Context, ops []txn.ListOp) ([]txn.ListOp, error) {
		before, err := root.Read(ctx)
		if err != nil {
			return nil, err
		}
		after, done := before.Run(ops)
		return done, root.Write(ctx, after)
	})
}

// appendStale keeps the store in seq-kv. Appends are right, as a swap succeeds on the newest state only. But a transaction that only
// reads may read an old state.
func appendStale(n *node.Node) {
	txn.ServeLists(n, txn.Root{KV: node.NewSeqKV(n), Node: n}.Run)
}
