// Command syncrpc is a broadcast that relays every value to its neighbours and waits for them, written
// for the official Go library. The test dropin_test.go builds it as it is, and with
// glomers/node in its place.
package main

import (
	"context"
	"encoding/json"
	"log"
	"slices"
	"sync"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

type server struct {
	n *maelstrom.Node

	mu         sync.Mutex
	values     []int
	neighbours []string
}

func (s *server) topology(msg maelstrom.Message) error {
	var body struct {
		Topology map[string][]string `json:"topology"`
	}
	if err := json.Unmarshal(msg.Body, &body); err != nil {
		return err
	}
	s.mu.Lock()
	s.neighbours = body.Topology[s.n.ID()]
	s.mu.Unlock()
	return s.n.Reply(msg, map[string]any{"type": "topology_ok"})
}

func (s *server) broadcast(msg maelstrom.Message) error {
	var body struct {
		Message int `json:"message"`
	}
	if err := json.Unmarshal(msg.Body, &body); err != nil {
		return err
	}
	s.mu.Lock()
	known := slices.Contains(s.values, body.Message)
	if !known {
		s.values = append(s.values, body.Message)
	}
	neighbours := slices.Clone(s.neighbours)
	s.mu.Unlock()

	if !known {
		for _, id := range neighbours {
			if id == msg.Src {
				continue
			}
			if err := s.relay(id, body.Message); err != nil {
				return err
			}
		}
	}
	return s.n.Reply(msg, map[string]any{"type": "broadcast_ok"})
}

func (s *server) relay(id string, value int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := s.n.SyncRPC(ctx, id, map[string]any{"type": "broadcast", "message": value})
	return err
}

func (s *server) read(msg maelstrom.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n.Reply(msg, map[string]any{"type": "read_ok", "messages": s.values})
}

// ping asks a node without waiting; the callback answers the client.
func (s *server) ping(msg maelstrom.Message) error {
	return s.n.RPC("n2", map[string]any{"type": "ping"}, func(reply maelstrom.Message) error {
		return s.n.Send(msg.Src, map[string]any{"type": "pinged", "from": reply.Src, "reply": reply.Type()})
	})
}

func main() {
	s := &server{n: maelstrom.NewNode()}
	s.n.Handle("topology", s.topology)
	s.n.Handle("broadcast", s.broadcast)
	s.n.Handle("read", s.read)
	s.n.Handle("ping", s.ping)
	if err := s.n.Run(); err != nil {
		log.Fatal(err)
	}
}
