// Package peers is what the baselines do with the nodes beside them.
package peers

import (
	"context"
	"time"

	"glomers/node"
)

const (
	ackTimeout = time.Second            // of an attempt of Pass; covers two hops of up to half a second
	pause      = 100 * time.Millisecond // after an attempt that failed
	patience   = 3 * time.Second        // of Ask; clients give up after 5 s
)

// Pass makes a request of another node, again and again until it is acknowledged. Nobody waits for that.
func Pass(n *node.Node, to, typ string, body any) {
	n.Go(func(ctx context.Context) {
		for {
			_, err := node.Call[struct{}](ctx, n, to, typ, body, node.WithTimeout(ackTimeout))
			if err == nil || n.Sleep(ctx, pause) != nil { // Sleep's error is that the node shuts down
				return
			}
		}
	})
}

// Ask makes a request on behalf of a client that waits. It is repeated while no reply comes, so doing it twice must do no more than
// doing it once; see Once. After 3 s the error has the code Timeout: the request may have been carried out.
func Ask[Resp any](ctx context.Context, n *node.Node, to, typ string, body any) (Resp, error) {
	return node.Call[Resp](ctx, n, to, typ, body, node.WithTimeout(patience), node.Idempotent(node.Retry{}))
}

// Each calls f with each of the items, all at the same time as far as they wait, and returns when all calls have
// returned. The error is that of the first item whose call had one. ctx is the context of the handler that
// calls Each; the calls get their own.
func Each(ctx context.Context, n *node.Node, items []string, f func(ctx context.Context, item string) error) error {
	errs, left := make([]error, len(items)), len(items)
	for i, item := range items {
		n.Go(func(ctx context.Context) {
			errs[i] = f(ctx, item)
			left--
		})
	}
	// An error is that the node shuts down, and what Go has not begun, it will not.
	if err := n.Wait(ctx, func() bool { return left == 0 }); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
