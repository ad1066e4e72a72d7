package node_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"glomers/node"
)

// script is a node whose input is a fixed list of bodies from client c1, after init.
func script(bodies ...string) *node.Node {
	lines := []string{`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`}
	for _, b := range bodies {
		lines = append(lines, `{"src":"c1","dest":"n1","body":`+b+`}`)
	}
	n := node.NewNode()
	n.Stdin, n.Stdout = strings.NewReader(strings.Join(lines, "\n")), os.Stdout
	return n
}

func ExampleHandleRPC() {
	type add struct {
		Delta int `json:"delta"`
	}
	type total struct {
		Value int `json:"value"`
	}
	n := script(`{"type":"add","msg_id":1,"delta":2}`, `{"type":"add","msg_id":2,"delta":-3}`)
	sum := 0 // handlers run one at a time: no lock
	node.HandleRPC(n, "add", func(_ context.Context, req add) (total, error) {
		if req.Delta < 0 {
			return total{}, node.NewRPCError(node.PreconditionFailed, "it only grows")
		}
		sum += req.Delta
		return total{sum}, nil
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"add_ok","in_reply_to":1,"value":2}}
	// {"src":"n1","dest":"c1","body":{"in_reply_to":2,"type":"error","code":22,"text":"it only grows"}}
}

func ExampleReceive() {
	type news struct {
		Text string `json:"text"`
	}
	n := script(`{"type":"tell","text":"hello"}`)
	node.Receive(n, "tell", func(ctx context.Context, m news) {
		for _, id := range n.Others() {
			_ = node.Notify(n, id, "tell", m) // an error would end Run as well
		}
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"n2","body":{"type":"tell","text":"hello"}}
}

// A handler that waits for another node gives the turn to others meanwhile. A request that may be
// done twice is repeated until it is answered.
func ExampleCall() {
	type value struct {
		Value int `json:"value"`
	}
	n := script(
		`{"type":"lookup","msg_id":7}`,
		`{"type":"get_ok","in_reply_to":1,"value":42}`, // the answer to the call below
	)
	node.HandleRPC(n, "lookup", func(ctx context.Context, _ struct{}) (value, error) {
		retry := node.Idempotent(node.Retry{Wait: 100 * time.Millisecond})
		return node.Call[value](ctx, n, "n2", "get", struct{}{}, retry, node.WithTimeout(2*time.Second))
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"n2","body":{"type":"get","msg_id":1}}
	// {"src":"n1","dest":"c1","body":{"type":"lookup_ok","in_reply_to":7,"value":42}}
}

// A handler that waits for something to happen on its own node names the condition. Of those that wait, the first goes on first.
func ExampleNode_Wait() {
	type item struct {
		Item string `json:"item"`
	}
	n := script(
		`{"type":"take","msg_id":1}`,
		`{"type":"take","msg_id":2}`,
		`{"type":"put","item":"a"}`,
		`{"type":"put","item":"b"}`,
	)
	var items []string
	node.Receive(n, "put", func(_ context.Context, m item) { items = append(items, m.Item) })
	node.HandleRPC(n, "take", func(ctx context.Context, _ struct{}) (item, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := n.Wait(ctx, func() bool { return len(items) > 0 }); err != nil {
			return item{}, err // an expired deadline is sent as error 0, timeout
		}
		first := items[0]
		items = items[1:]
		return item{first}, nil
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"take_ok","in_reply_to":1,"item":"a"}}
	// {"src":"n1","dest":"c1","body":{"type":"take_ok","in_reply_to":2,"item":"b"}}
}
