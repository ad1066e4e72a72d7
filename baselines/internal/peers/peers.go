// Package peers holds the ways in which the baselines talk to the other nodes.
package peers

import (
	"context"
	"time"

	"glomers/node"
)

const (
	ackTimeout = time.Second            // of an attempt of Pass; covers two hops of up to half a second
	pause      = 100 * time.Millisecond // after a failed attempt
	patience   = 3 * time.Second        // of Ask; clients give up after 5 s
)

// Pass repeats a request to another node until it is acknowledged. It does not wait for that.
func Pass(n *node.Node, to, typ string, body any) {
	n.Go(func(ctx context.Context) {
		for {
			_, err := node.Call[struct{}](ctx, n, to, typ, body, node.WithTimeout(ackTimeout))
			if err == nil || n.Sleep(ctx, pause) != nil { // an error of Sleep means that the node is shutting down
				return
			}
		}
	})
}

// Ask makes a request on behalf of a waiting client. It repeats the request until a reply comes, so a request that is
// carried out twice must have the same effect as once; see Once. After 3 s the error has the code Timeout: the request may
// have been carried out.
func Ask[Resp any](ctx context.Context, n *node.Node, to, typ string, body any) (Resp, error) {
	return node.Call[Resp](ctx, n, to, typ, body, node.WithTimeout(patience), node.Idempotent(node.Retry{}))
}

// Each calls f for each of the items and returns when all calls have returned; the calls overlap while they wait. It returns
// the error of the first item whose call failed. ctx is the context of the handler that calls Each; each call gets a context
// of its own.
func Each(ctx context.Context, n *node.Node, items []string, f func(ctx context.Context, item string) error) error {
	errs, left := make([]error, len(items)), len(items)
	for i, item := range items {
		n.Go(func(ctx context.Context) {
			errs[i] = f(ctx, item)
			left--
		})
	}
	// An error means that the node is shutting down; calls that have not begun will not begin.
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
