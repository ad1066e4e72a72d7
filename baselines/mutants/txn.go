package mutants

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"glomers/baselines/internal/lww"
	"glomers/baselines/internal/peers"
	"glomers/baselines/internal/txn"
	"glomers/node"
)

// txnIntermediate carries each micro-operation out on lin-kv as it comes. So other transactions see values that this one is going to
// overwrite itself.
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

// txnAbort reads all keys from lin-kv, runs the transaction on their values, and swaps the keys that it writes one after the other.
// If a key has changed meanwhile, it aborts, and the keys before that one keep their new values.
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

// txnHalf merges the first write of another node's transaction, and returns from the middle of its loop. It loses the other writes,
// so clients see a part of the transaction.
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

// txnAlone replicates nothing. Each node alone is as good as a single copy, so Maelstrom finds nothing wrong with it at the weaker
// consistency models.
func txnAlone(n *node.Node) {
	s := lww.New(n)
	s.Spread = func(lww.WriteSet) {}
}

// txnArrival lets each write of another node replace the present value, so nodes do not agree which of two writes was the later one.
func txnArrival(n *node.Node) {
	s := lww.New(n)
	arrivals := int64(1) << 40 // above all times, as if each arrival was the latest event of all
	s.Merge = func(ws lww.WriteSet) {
		arrivals++
		for key, value := range ws.Writes {
			s.Put(key, value, lww.Stamp{Time: arrivals})
		}
	}
}

// txnDribble keeps each key in lin-kv. It holds the writes of a transaction back until its end, and then writes one key after the
// other. So other transactions see some of the writes before the rest.
func txnDribble(n *node.Node) {
	kv := node.NewLinKV(n)
	node.HandleRPC(n, "txn", func(ctx context.Context, b txn.Body) (txn.Body, error) {
		own := make(map[string]json.RawMessage)
		var order []string
		for i, op := range b.Txn {
			value, written := own[op.Key()]
			switch {
			case op.Writes():
				if !written {
					order = append(order, op.Key())
				}
				own[op.Key()] = op.Value()
			case written:
				b.Txn[i] = op.Found(value)
			default:
				value, err := get(ctx, kv, op.Key())
				if err != nil {
					return b, err
				}
				b.Txn[i] = op.Found(value)
			}
		}
		for _, key := range order {
			if err := kv.Write(ctx, key, own[key]); err != nil {
				return b, err
			}
		}
		return b, nil
	})
}

// txnSnapshot runs transactions on a snapshot of the registers, and takes a new one every 50 ms. So a client does not find what it has
// just written.
func txnSnapshot(n *node.Node) {
	const interval = 50 * time.Millisecond
	s := lww.New(n)
	snapshot := make(txn.Registers)
	n.Every(interval, func(context.Context) { snapshot = s.Copy() })
	s.Exec = func(ctx context.Context, ops []txn.Op) ([]txn.Op, error) {
		done := maps.Clone(snapshot).Run(ops)
		_, err := s.Run(ctx, slices.DeleteFunc(slices.Clone(ops), func(op txn.Op) bool { return !op.Writes() }))
		return done, err
	}
}

// txnUneven tells the other nodes one after the other, so a node may hear of an effect before it hears of the cause.
func txnUneven(n *node.Node) {
	const apart = 100 * time.Millisecond
	s := lww.New(n)
	s.Spread = func(ws lww.WriteSet) {
		for i, to := range n.Others() {
			n.Go(func(ctx context.Context) {
				if n.Sleep(ctx, time.Duration(i)*apart) == nil {
					peers.Pass(n, to, "write_set", ws)
				}
			})
		}
	}
}

// txnZero answers 0 for a key that does not exist, as a map of integers does in many languages.
func txnZero(n *node.Node) {
	s := lww.New(n)
	s.Exec = func(ctx context.Context, ops []txn.Op) ([]txn.Op, error) {
		done, err := s.Run(ctx, ops)
		for i, op := range done {
			if op.Value() == nil {
				done[i] = op.Found(json.RawMessage("0"))
			}
		}
		return done, err
	}
}
