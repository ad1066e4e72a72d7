package node_test

import (
	"context"
	"fmt"
	"os"

	"glomers/node"
)

// A node counts what it has promised to keep. In each of its lives it knows what it has acknowledged in those before.
func ExampleStore() {
	dir, err := os.MkdirTemp("", "glomers-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	for life := range 2 {
		var n *node.Node
		network := node.NewMem(func(line []byte) {
			fmt.Printf("life %d: %s\n", life+1, line)
			if m, err := node.ParseMessage(line); err == nil && m.Type() == "keep_ok" {
				n.Shutdown()
			}
		})
		n = node.New(node.Options{Transport: network})
		kept := 0
		store := node.OpenStore(n, dir)
		n.OnInit(func(context.Context) error {
			return store.Replay(
				func([]byte) error { return nil },
				func([]byte) error { kept++; return nil },
			)
		})
		node.HandleRPC(n, "keep", func(ctx context.Context, _ struct{}) (keptReply, error) {
			kept++
			store.Append([]byte("kept"))
			reply := keptReply{kept}
			return reply, store.Sync(ctx) // other handlers run meanwhile
		})
		network.Deliver([]byte(`{"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`))
		network.Deliver([]byte(`{"src":"c1","dest":"n1","body":{"type":"keep","msg_id":2}}`))
		if err := n.Run(); err != nil {
			panic(err)
		}
	}
	// Output:
	// life 1: {"src":"n1","dest":"c1","body":{"type":"init_ok","in_reply_to":1}}
	// life 1: {"src":"n1","dest":"c1","body":{"type":"keep_ok","in_reply_to":2,"count":1}}
	// life 2: {"src":"n1","dest":"c1","body":{"type":"init_ok","in_reply_to":1}}
	// life 2: {"src":"n1","dest":"c1","body":{"type":"keep_ok","in_reply_to":2,"count":2}}
}

type keptReply struct {
	Count int `json:"count"`
}
