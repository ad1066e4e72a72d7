package node_test

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// A node whose messages do not go through stdin and stdout. Another Transport could have a socket.
func ExampleTransport() {
	network := node.NewMem(func(line []byte) { fmt.Println(string(line)) })
	n := node.New(node.Options{Transport: network})
	node.HandleRPC(n, "ping", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })

	network.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`))
	network.Deliver([]byte(`{"src":"c1","dest":"n1","body":{"type":"ping","msg_id":1}}`))
	network.CloseInput() // ends Run
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"ping_ok","in_reply_to":1}}
}

// In and Out see each message: for metrics, traces or a log.
func ExampleOptions() {
	network := node.NewMem(func([]byte) {})
	n := node.New(node.Options{
		Transport: network,
		In:        func(m node.Message) { fmt.Println("in ", m.Src, m.Type()) },
		Out:       func(m node.Message) { fmt.Println("out", m.Dest, m.Type()) },
	})
	node.HandleRPC(n, "ping", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	network.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`))
	network.Deliver([]byte(`{"src":"c1","dest":"n1","body":{"type":"ping","msg_id":1}}`))
	network.CloseInput()
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	stats := n.Stats()
	fmt.Println(stats.Received, "received,", stats.Sent, "sent")
	// Output:
	// in  c0 init
	// out c0 init_ok
	// in  c1 ping
	// out c1 ping_ok
	// 2 received, 2 sent
}

// A node that does something at intervals, and at some time no more.
func ExampleNode_Every() {
	network := node.NewMem(func(line []byte) { fmt.Println(string(line)) })
	n := node.New(node.Options{Transport: network})
	ticks, stop := 0, func() {}
	stop = n.Every(time.Millisecond, func(context.Context) {
		ticks++
		fmt.Println("tick", ticks)
		if ticks == 3 {
			stop()
			n.Shutdown()
		}
	})
	network.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`))
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// tick 1
	// tick 2
	// tick 3
}

// A handler that waits for something outside of the runtime says so. Others run meanwhile, and the handler has the turn again afterwards.
func ExampleNode_Blocking() {
	type length struct {
		Length int `json:"length"`
	}
	n := script(`{"type":"fetch","msg_id":1}`)
	fetch := func() string { return "a page that comes from elsewhere" }
	node.HandleRPC(n, "fetch", func(ctx context.Context, _ struct{}) (length, error) {
		var page string
		n.Blocking(ctx, func() { page = fetch() }) // it must not touch the node's state
		return length{len(page)}, nil
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"fetch_ok","in_reply_to":1,"length":32}}
}
