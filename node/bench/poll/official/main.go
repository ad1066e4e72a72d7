// A log that is polled, on the official library.
package main

import (
	"encoding/json"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"glomers/node/bench/meter"
)

type poll struct {
	Offsets map[string]int64 `json:"offsets"`
}

type polled struct {
	Type string                `json:"type"`
	Msgs map[string][][2]int64 `json:"msgs"`
}

func main() {
	n := maelstrom.NewNode()
	var entries [25][2]int64
	for i := range entries {
		entries[i] = [2]int64{int64(1000 + i), int64(100_000 + i)}
	}
	n.Handle("poll", func(msg maelstrom.Message) error {
		var req poll
		if err := json.Unmarshal(msg.Body, &req); err != nil {
			return err
		}
		msgs := make(map[string][][2]int64)
		for key := range req.Offsets {
			msgs[key] = entries[:]
		}
		return n.Reply(msg, polled{"poll_ok", msgs})
	})
	meter.Run(n.Run)
}
