package node_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"glomers/node"
)

func ExampleNotify() {
	type news struct {
		Text string `json:"text"`
	}
	n := script(`{"type":"publish","msg_id":1,"text":"hello"}`)
	node.HandleRPC(n, "publish", func(_ context.Context, m news) (struct{}, error) {
		for _, id := range n.Others() {
			if err := node.Notify(n, id, "news", m); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"n2","body":{"type":"news","text":"hello"}}
	// {"src":"n1","dest":"c1","body":{"type":"publish_ok","in_reply_to":1}}
}

// A node that votes for the first who asks.
func ExampleFrom() {
	type vote struct {
		For string `json:"for"`
	}
	n := script(`{"type":"ask","msg_id":1}`)
	candidate := ""
	node.HandleRPC(n, "ask", func(ctx context.Context, _ struct{}) (vote, error) {
		if candidate == "" {
			candidate = node.From(ctx)
		}
		return vote{candidate}, nil
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"ask_ok","in_reply_to":1,"for":"c1"}}
}

// answering is a node's network, where each of the node's own requests gets the next of these answers. It delivers a request of
// client c1, and ends when that has a reply.
func answering(request string, answers ...string) *node.Mem {
	var network *node.Mem
	network = node.NewMem(func(line []byte) {
		fmt.Println(string(line))
		m, err := node.ParseMessage(line)
		switch {
		case err != nil:
			fmt.Println(err)
		case m.Dest == "c1":
			network.CloseInput()
		case m.Dest != "c0" && len(answers) > 0:
			network.Deliver([]byte(`{"src":"` + m.Dest + `","dest":"n1","body":` + answers[0] + `}`))
			answers = answers[1:]
		}
	})
	network.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`))
	network.Deliver([]byte(`{"src":"c1","dest":"n1","body":` + request + `}`))
	return network
}

// A call that nobody answers ends with error 0, timeout: whether the request was carried out is not known.
func ExampleWithTimeout() {
	n := node.New(node.Options{Transport: answering(`{"type":"lookup","msg_id":1}`)})
	node.HandleRPC(n, "lookup", func(ctx context.Context, _ struct{}) (struct{}, error) {
		return node.Call[struct{}](ctx, n, "n2", "get", struct{}{}, node.WithTimeout(10*time.Millisecond))
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"n2","body":{"type":"get","msg_id":1}}
	// {"src":"n1","dest":"c1","body":{"in_reply_to":1,"type":"error","code":0,"text":"no reply from n2 within 10ms"}}
}

// A read changes nothing, so it may be repeated. The other node is not ready at first.
func ExampleIdempotent() {
	n := node.New(node.Options{Transport: answering(
		`{"type":"lookup","msg_id":1}`,
		`{"type":"error","in_reply_to":1,"code":11,"text":"not yet"}`,
		`{"type":"get_ok","in_reply_to":2}`,
	)})
	node.HandleRPC(n, "lookup", func(ctx context.Context, _ struct{}) (struct{}, error) {
		return node.Call[struct{}](ctx, n, "n2", "get", struct{}{}, node.Idempotent(node.Retry{Base: time.Millisecond}))
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"n2","body":{"type":"get","msg_id":1}}
	// {"src":"n1","dest":"n2","body":{"type":"get","msg_id":2}}
	// {"src":"n1","dest":"c1","body":{"type":"lookup_ok","in_reply_to":1}}
}

// Errors have codes, also inside other errors.
func ExampleErrorCode() {
	err := fmt.Errorf("withdraw: %w", node.NewRPCError(node.PreconditionFailed, "the account has only 3"))
	code := node.ErrorCode(err)
	fmt.Println(code, node.ErrorCodeText(code))
	fmt.Println(node.ErrorCode(context.Canceled))
	// Output:
	// 22 PreconditionFailed
	// -1
}

// A handler as in the official library: it gets the message, replies by itself, and runs in a goroutine of its own.
func ExampleNode_Handle() {
	n := script(`{"type":"echo","msg_id":1,"echo":"hello"}`)
	n.Handle("echo", func(m node.Message) error {
		var body map[string]any
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		body["type"] = "echo_ok"
		return n.Reply(m, body)
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"in_reply_to":1,"echo":"hello","msg_id":1,"type":"echo_ok"}}
}

func ExampleParseMessage() {
	m, err := node.ParseMessage([]byte(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":"hello"}}`))
	fmt.Println(m.Src, m.Dest, m.Type(), string(m.Body), err)
	_, err = node.ParseMessage([]byte(`{"src":"c1"`))
	fmt.Println(err)
	// Output:
	// c1 n1 echo {"type":"echo","msg_id":1,"echo":"hello"} <nil>
	// node: unexpected end of JSON at byte 11, want ',' or '}'
}
