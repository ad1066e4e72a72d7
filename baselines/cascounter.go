package baselines

import (
	"context"
	"time"

	"glomers/baselines/internal/counter"
	"glomers/node"
)

const (
	casAttempts = 8
	casPause    = 100 * time.Millisecond // at most, between two of them
)

// CASCounter keeps the sum under one key of seq-kv, and adds by compare-and-set, again and again until nobody was faster. The
// nodes keep nothing, so they can be killed.
//
// Reads of seq-kv may be stale, so each comes with a read barrier: without it a swap seldom succeeds, and a read shows what the sum was.
//
// A read costs four messages. An add costs six, and again six for each time that somebody was faster. While a node goes
// to the service and back, only one of all nodes can add: with hops of 100 ms the whole cluster gets five adds a second done, however
// large it is. The counter is as available as seq-kv, which here no partition touches.
func CASCounter(n *node.Node) {
	s := counter.Sum{KV: node.NewSeqKV(n), Node: n}
	add := func(ctx context.Context, delta int) error {
		for range casAttempts {
			sum, err := s.ReadLatest(ctx)
			if err != nil {
				return err
			}
			err = s.Swap(ctx, sum, sum+delta)
			if node.ErrorCode(err) != node.PreconditionFailed {
				return err
			}
			if err := n.Sleep(ctx, time.Duration(n.Rand().Int64N(int64(casPause)))); err != nil {
				return err
			}
		}
		return node.NewRPCError(node.TxnConflict, "others were faster each time; nothing was added")
	}
	counter.Serve(n, add, s.ReadLatest)
}
