// A node that decodes and replies small structs, on the official library.
package main

import (
	"encoding/json"
	"sync"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"glomers/node/bench/meter"
)

type send struct {
	Key string `json:"key"`
	Msg int64  `json:"msg"`
}

type sent struct {
	Type   string `json:"type"`
	Offset int64  `json:"offset"`
}

func main() {
	n := maelstrom.NewNode()
	var mu sync.Mutex
	offsets := make(map[string]int64)
	n.Handle("send", func(msg maelstrom.Message) error {
		var req send
		if err := json.Unmarshal(msg.Body, &req); err != nil {
			return err
		}
		mu.Lock()
		offsets[req.Key]++
		offset := offsets[req.Key]
		mu.Unlock()
		return n.Reply(msg, sent{"send_ok", offset})
	})
	meter.Run(n.Run)
}
