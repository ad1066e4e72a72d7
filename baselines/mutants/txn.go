package mutants

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"glomers/baselines/internal/lww"
	"glomers/baselines/internal/txn"
	"glomers/node"
)

// txnIntermediate carries each micro-operation out on lin-kv as it comes. So others see what the transaction is going to overwrite
// itself.
func txnIntermediate(n *node.Node) {
	kv := node.NewLinKV(n)
	node.HandleRPC(n, "txn", func(ctx context.Context, b txn.Body) (txn.Body, error) {
		for i, op := range b.Txn {
			if op.Writes() {
				if err := kv.Write(ctx, op.Key(), op.Value()); err != nil {
					return b, err
				}
				continue
			}
			value, err := get(ctx, kv, op.Key())
			if err != nil {
				return b, err
			}
			b.Txn[i] = op.Found(value)
		}
		return b, nil
	})
}

// get returns the value of a key, nil if it does not exist.
func get(ctx context.Context, kv *node.KV, key string) (json.RawMessage, error) {
	var value json.RawMessage
	err := kv.ReadInto(ctx, key, &value)
	if node.ErrorCode(err) == node.KeyDoesNotExist {
		return nil, nil
	}
	return value, err
}

// txnAbort reads all keys from lin-kv, runs the transaction on what it has read, and swaps the keys that it writes one after the other.
// If one has changed meanwhile, it aborts, and those before it keep their new values.
func txnAbort(n *node.Node) {
	kv := node.NewLinKV(n)
	node.HandleRPC(n, "txn", func(ctx context.Context, b txn.Body) (txn.Body, error) {
		read := make(txn.Registers)
		for _, op := range b.Txn {
			value, err := get(ctx, kv, op.Key())
			if err != nil {
				return b, err
			}
			read[op.Key()] = value
		}
		after := maps.Clone(read)
		done := after.Run(b.Txn)
		for _, key := range slices.Sorted(maps.Keys(after)) {
			if string(after[key]) == string(read[key]) {
				continue
			}
			err := kv.CompareAndSwap(ctx, key, read[key], after[key], true)
			if node.ErrorCode(err) == node.PreconditionFailed {
				err = node.NewRPCError(node.TxnConflict, "somebody else has changed "+key)
			}
			if err != nil {
				return b, err
			}
		}
		return txn.Body{Txn: done}, nil
	})
}

// txnHalf merges the first write of another node's transaction, and returns from the middle of its loop. The other writes are
// lost here, so clients see a part of the transaction.
func txnHalf(n *node.Node) {
	s := lww.New(n)
	s.Merge = func(ws lww.WriteSet) {
		for _, key := range slices.Sorted(maps.Keys(ws.Writes)) {
			if s.Put(key, ws.Writes[key], ws.Stamp) {
				return
			}
		}
	}
}

// txnAlone tells nobody what its transactions write. As each node alone is as good as a single copy, the reference finds nothing
// wrong with it at the weaker consistency models.
func txnAlone(n *node.Node) {
	s := lww.New(n)
	s.Spread = func(lww.WriteSet) {}
}
