// Command kv is a counter in seq-kv, written for the official Go library. The test
// dropin_test.go builds it as it is, and with glomers/node in its place.
package main

import (
	"context"
	"encoding/json"
	"log"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

func main() {
	n := maelstrom.NewNode()
	kv := maelstrom.NewSeqKV(n)

	n.Handle("init", func(maelstrom.Message) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return kv.Write(ctx, n.ID(), 0)
	})

	n.Handle("add", func(msg maelstrom.Message) error {
		var body struct {
			Delta int `json:"delta"`
		}
		if err := json.Unmarshal(msg.Body, &body); err != nil {
			return err
		}
		for {
			value, err := kv.ReadInt(context.Background(), n.ID())
			if err != nil {
				return err
			}
			err = kv.CompareAndSwap(context.Background(), n.ID(), value, value+body.Delta, false)
			if maelstrom.ErrorCode(err) == maelstrom.PreconditionFailed {
				continue
			}
			if err != nil {
				return err
			}
			return n.Reply(msg, map[string]any{"type": "add_ok"})
		}
	})

	n.Handle("read", func(msg maelstrom.Message) error {
		sum := 0
		for _, id := range n.NodeIDs() {
			value, err := kv.ReadInt(context.Background(), id)
			if maelstrom.ErrorCode(err) == maelstrom.KeyDoesNotExist {
				continue
			}
			if err != nil {
				return err
			}
			sum += value
		}
		return n.Reply(msg, map[string]any{"type": "read_ok", "value": sum})
	})

	// The value of any key, whatever its type, and the kinds of error.
	n.Handle("get", func(msg maelstrom.Message) error {
		var body struct {
			Key string `json:"key"`
		}
		if err := json.Unmarshal(msg.Body, &body); err != nil {
			return err
		}
		value, err := kv.Read(context.Background(), body.Key)
		if err != nil {
			return err
		}
		return n.Reply(msg, map[string]any{"type": "get_ok", "value": value})
	})

	if err := n.Run(); err != nil {
		log.Fatal(err)
	}
}
