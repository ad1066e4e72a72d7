package txn

import (
	"context"
	"slices"
	"time"

	"glomers/node"
)

// A Root is a store of lists, kept as a single value in a key/value service.
type Root struct {
	KV   *node.KV
	Node *node.Node
}

const rootKey = "root"

// Read returns the store, or an older state of it if the service's reads may be stale. It is nil before the first append.
func (r Root) Read(ctx context.Context) (Lists, error) {
	var l Lists
	err := r.KV.ReadInto(ctx, rootKey, &l)
	if node.ErrorCode(err) == node.KeyDoesNotExist {
		return nil, nil
	}
	return l, err
}

// Write replaces the store by l, whatever its current state.
func (r Root) Write(ctx context.Context, l Lists) error { return r.KV.Write(ctx, rootKey, l) }

const (
	attempts = 8
	pause    = 100 * time.Millisecond // at most, between two attempts
)

// Run carries out a transaction, and repeats it until no other client interferes. If the transaction appends nothing,
// reading is enough.
func (r Root) Run(ctx context.Context, ops []ListOp) ([]ListOp, error) {
	for range attempts {
		before, err := r.Read(ctx)
		if err != nil {
			return nil, err
		}
		after, done := before.Run(ops)
		if !slices.ContainsFunc(ops, ListOp.Appends) {
			return done, nil
		}
		err = r.KV.CompareAndSwap(ctx, rootKey, before, after, true)
		if node.ErrorCode(err) != node.PreconditionFailed {
			return done, err
		}
		if err := r.Node.Sleep(ctx, time.Duration(r.Node.Rand().Int64N(int64(pause)))); err != nil {
			return nil, err
		}
	}
	return nil, node.NewRPCError(node.TxnConflict, "others were faster each time; nothing was done")
}
