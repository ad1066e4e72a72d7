// Package counter is the protocol of the workloads g-counter and pn-counter, what keeping the sum in a service takes, and what
// keeping it without one takes.
package counter

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// Serve registers a node whose clients add with the one function and read with the other. Both may wait.
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

// Read returns the sum, or an older one if the service's reads may be stale. It is 0 before the first add.
func (s Sum) Read(ctx context.Context) (int, error) {
	sum, err := s.KV.ReadInt(ctx, key)
	if node.ErrorCode(err) == node.KeyDoesNotExist {
		return 0, nil
	}
	return sum, err
}

// ReadLatest returns the sum as it was when ReadLatest was called, or later, also if the service is only sequentially consistent: a
// write of what was never there before is carried out on the newest state, and no later operation of this node goes back behind it.
func (s Sum) ReadLatest(ctx context.Context) (int, error) {
	if err := s.KV.Write(ctx, "barrier/"+s.Node.ID(), fmt.Sprint(s.Node.Rand().Uint64())); err != nil {
		return 0, err
	}
	return s.Read(ctx)
}

// Swap replaces the sum by another one if it still is from. Otherwise the error has the code PreconditionFailed.
func (s Sum) Swap(ctx context.Context, from, to int) error {
	return s.KV.CompareAndSwap(ctx, key, from, to, true)
}

const (
	attempts = 8
	pause    = 100 * time.Millisecond // at most, between two of them
)

// Add adds to the sum, again and again until nobody was faster.
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
