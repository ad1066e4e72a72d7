package node_test

import (
	"context"
	"fmt"

	"glomers/node"
)

// A node that keeps its state in seq-kv. A key that has not been written yet is no failure.
func ExampleKV() {
	type total struct {
		Value int `json:"value"`
	}
	n := script(
		`{"type":"read","msg_id":1}`,
		`{"type":"error","in_reply_to":1,"code":20,"text":"not found"}`, // the answer of seq-kv
		`{"type":"read","msg_id":2}`,
		`{"type":"read_ok","in_reply_to":2,"value":42}`, // once somebody has written it
	)
	kv := node.NewSeqKV(n)
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (total, error) {
		sum, err := kv.ReadInt(ctx, "total")
		if node.ErrorCode(err) == node.KeyDoesNotExist {
			return total{0}, nil
		}
		return total{sum}, err
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"seq-kv","body":{"type":"read","msg_id":1,"key":"total"}}
	// {"src":"n1","dest":"c1","body":{"type":"read_ok","in_reply_to":1,"value":0}}
	// {"src":"n1","dest":"seq-kv","body":{"type":"read","msg_id":2,"key":"total"}}
	// {"src":"n1","dest":"c1","body":{"type":"read_ok","in_reply_to":2,"value":42}}
}

// A read-modify-write that no other node can come between: if the value has changed, Update begins again.
func ExampleUpdate() {
	n := node.New(node.Options{Transport: answering(
		`{"type":"add","msg_id":1,"delta":2}`,
		`{"type":"read_ok","in_reply_to":1,"value":40}`,
		`{"type":"error","in_reply_to":2,"code":22,"text":"it is 45"}`, // another node was faster
		`{"type":"read_ok","in_reply_to":3,"value":45}`,
		`{"type":"cas_ok","in_reply_to":4}`,
	)})
	kv := node.NewLinKV(n)
	node.HandleRPC(n, "add", func(ctx context.Context, req struct{ Delta int }) (struct{}, error) {
		_, err := node.Update(ctx, kv, "total", 0, func(total int) int { return total + req.Delta })
		return struct{}{}, err
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"lin-kv","body":{"type":"read","msg_id":1,"key":"total"}}
	// {"src":"n1","dest":"lin-kv","body":{"type":"cas","msg_id":2,"key":"total","from":40,"to":42,"create_if_not_exists":true}}
	// {"src":"n1","dest":"lin-kv","body":{"type":"read","msg_id":3,"key":"total"}}
	// {"src":"n1","dest":"lin-kv","body":{"type":"cas","msg_id":4,"key":"total","from":45,"to":47,"create_if_not_exists":true}}
	// {"src":"n1","dest":"c1","body":{"type":"add_ok","in_reply_to":1}}
}

// Timestamps that grow across the whole cluster.
func ExampleTSO() {
	type stamped struct {
		Stamp int64 `json:"stamp"`
	}
	n := script(
		`{"type":"stamp","msg_id":1}`,
		`{"type":"ts_ok","in_reply_to":1,"ts":7}`, // the answer of lin-tso
	)
	oracle := node.NewLinTSO(n)
	node.HandleRPC(n, "stamp", func(ctx context.Context, _ struct{}) (stamped, error) {
		stamp, err := oracle.Next(ctx)
		return stamped{stamp}, err
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"lin-tso","body":{"type":"ts","msg_id":1}}
	// {"src":"n1","dest":"c1","body":{"type":"stamp_ok","in_reply_to":1,"stamp":7}}
}

// What a node must know before its first request, it loads while it is being initialised.
func ExampleNode_OnInit() {
	n := script(`{"type":"read_ok","in_reply_to":1,"value":"blue"}`)
	kv, colour := node.NewSeqKV(n), ""
	n.OnInit(func(ctx context.Context) error {
		return kv.ReadInto(ctx, "colour of "+n.ID(), &colour)
	})
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(colour)
	// Output:
	// {"src":"n1","dest":"seq-kv","body":{"type":"read","msg_id":1,"key":"colour of n1"}}
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// blue
}
