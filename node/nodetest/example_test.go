package nodetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"glomers/node"
	"glomers/node/nodetest"
)

type addRequest struct {
	Delta int `json:"delta"`
}

type readReply struct {
	Value int `json:"value"`
}

// register makes n a counter, which the example and the tests below test. The node stores additions in seq-kv and sends the
// total to the other nodes once a second.
func register(n *node.Node) {
	kv := node.NewSeqKV(n)
	node.HandleRPC(n, "add", func(ctx context.Context, req addRequest) (struct{}, error) {
		if req.Delta < 0 {
			return struct{}{}, node.NewRPCError(node.PreconditionFailed, "the counter only grows")
		}
		_, err := node.Update(ctx, kv, "total", 0, func(total int) int { return total + req.Delta })
		return struct{}{}, err
	})
	read := func(ctx context.Context) (readReply, error) {
		total, err := kv.ReadInt(ctx, "total")
		if node.ErrorCode(err) == node.KeyDoesNotExist {
			return readReply{}, nil
		}
		return readReply{total}, err
	}
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (readReply, error) { return read(ctx) })
	n.Every(time.Second, func(ctx context.Context) {
		total, err := read(ctx)
		if err != nil {
			return // the next tick tries again
		}
		for _, id := range n.Others() {
			_ = node.Notify(n, id, "total", total) // an error would end Run as well
		}
	})
	node.HandleRPC(n, "fail", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, errors.New("always")
	})
}

func Example() {
	// In a program whose handlers are registered by register, a test function looks like this.
	test := func(t *testing.T) {
		c := nodetest.New(t, register)
		var kv nodetest.KV
		kv.Set("total", 40)
		c.Service("seq-kv", kv.Serve)
		c.Init("n1", "n2")

		nodetest.Request[struct{}](c, "add", addRequest{Delta: 2})
		if got := nodetest.Request[readReply](c, "read", nil); got.Value != 42 {
			t.Errorf("read %d, want 42", got.Value)
		}
		c.ExpectError(node.PreconditionFailed, "add", addRequest{Delta: -1})

		news := c.Expect("n2", "total")
		fmt.Println(string(news.Body))
	}
	_ = test
}
