// Package counter has the protocol of the workloads g-counter and pn-counter, a way to keep the sum in a service, and a way
// to keep it without one.
package counter

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// Serve registers a node that adds by calling add and reads by calling read. Both functions may wait.
func Serve(n *node.Node, add func(ctx context.Context, delta int) error, read func(ctx context.Context) (int, error)) {
	type (
		addition struct {
			Delta int `json:"delta"`
		}
		sum struct {
			Value int `json:"value"`
		}
	)
	node.HandleRPC(n, "add", func(ctx context.Context, a addition) (struct{}, error) {
		return struct{}{}, add(ctx, a.Delta)
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (sum, error) {
		value, err := read(ctx)
		return sum{value}, err
	})
}

// A Sum is a number in a key/value service.
type Sum struct {
	KV   *node.KV
	Node *node.Node
}

const key = "counter"

// Read returns the sum, or an older value if the service's reads may be stale. The sum is 0 before the first add.
func (s Sum) Read(ctx context.Context) (int, error) {
	sum, err := s.KV.ReadInt(ctx, key)
	if node.ErrorCode(err) == node.KeyDoesNotExist {
		return 0, nil
	}
	return sum, err
}

// ReadLatest returns the sum at the time of the call or later, even if the service is only sequentially consistent. It
// writes a value that was never there before: such a write takes effect on the newest state, and no later operation of this
// node sees an older state.
func (s Sum) ReadLatest(ctx context.Context) (int, error) {
	if err := s.KV.Write(ctx, "barrier/"+s.Node.ID(), fmt.Sprint(s.Node.Rand().Uint64())); err != nil {
		return 0, err
	}
	return s.Read(ctx)
}

// Swap replaces the sum if its value is from. Otherwise the error has the code PreconditionFailed.
func (s Sum) Swap(ctx context.Context, from, to int) error {
	return s.KV.CompareAndSwap(ctx, key, from, to, true)
}

const (
	attempts = 8
	pause    = 100 * time.Millisecond // at most, between two attempts
)

// Add adds to the sum, and repeats the attempt until no other client interferes.
func (s Sum) Add(ctx context.Context, delta int) error {
	for range attempts {
		sum, err := s.ReadLatest(ctx)
		if err != nil {
			return err
		}
		err = s.Swap(ctx, sum, sum+delta)
		if node.ErrorCode(err) != node.PreconditionFailed {
			return err
		}
		if err := s.Node.Sleep(ctx, time.Duration(s.Node.Rand().Int64N(int64(pause)))); err != nil {
			return err
		}
	}
	return node.NewRPCError(node.TxnConflict, "others were faster each time; nothing was added")
}
