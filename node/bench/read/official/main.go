// A node of broadcast that has 10,000 values and is read, on the official library.
package main

import (
	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"glomers/node/bench/meter"
)

type values struct {
	Type     string  `json:"type"`
	Messages []int64 `json:"messages"`
}

func main() {
	n := maelstrom.NewNode()
	all := values{Type: "read_ok"}
	for v := range int64(10_000) {
		all.Messages = append(all.Messages, v)
	}
	n.Handle("read", func(msg maelstrom.Message) error { return n.Reply(msg, all) })
	meter.Run(n.Run)
}
