// Two nodes of which one calls the other, on the official library. This is the program of both.
package main

import (
	"context"
	"encoding/json"
	"log"
	"sync"
	"sync/atomic"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"glomers/node/bench/meter"
)

// calls asks for so many calls of To, some of them at a time.
type calls struct {
	To         string `json:"to"`
	Count      int64  `json:"count"`
	Concurrent int    `json:"concurrent"`
}

type read struct {
	Type string `json:"type"`
	Key  string `json:"key"`
}

type value struct {
	Type  string `json:"type"`
	Value int64  `json:"value"`
}

// patience is the default deadline of package node.
const patience = 5 * time.Second

func main() {
	n := maelstrom.NewNode()
	n.Handle("read", func(msg maelstrom.Message) error {
		var req read
		if err := json.Unmarshal(msg.Body, &req); err != nil {
			return err
		}
		return n.Reply(msg, value{"read_ok", int64(len(req.Key))})
	})
	n.Handle("calls", func(msg maelstrom.Message) error {
		var req calls
		if err := json.Unmarshal(msg.Body, &req); err != nil {
			return err
		}
		var left atomic.Int64
		left.Store(req.Count)
		var workers sync.WaitGroup
		for range req.Concurrent {
			workers.Go(func() {
				for left.Add(-1) >= 0 {
					call(n, req.To)
				}
			})
		}
		workers.Wait()
		return n.Reply(msg, maelstrom.MessageBody{Type: "calls_ok"})
	})
	meter.Run(n.Run)
}

// call calls with a deadline, as package node's Call does by default.
func call(n *maelstrom.Node, to string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	reply, err := n.SyncRPC(ctx, to, read{"read", "key"})
	if err != nil {
		log.Fatal(err)
	}
	var v value
	if err := json.Unmarshal(reply.Body, &v); err != nil {
		log.Fatal(err)
	}
}
