// The echo node of the benchmark, on the official library, as its documentation has it.
package main

import (
	"encoding/json"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"glomers/node/bench/meter"
)

func main() {
	n := maelstrom.NewNode()
	n.Handle("echo", func(msg maelstrom.Message) error {
		var body map[string]any
		if err := json.Unmarshal(msg.Body, &body); err != nil {
			return err
		}
		body["type"] = "echo_ok"
		return n.Reply(msg, body)
	})
	meter.Run(n.Run)
}
