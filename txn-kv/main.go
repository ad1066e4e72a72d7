// Txn-kv is a node of the transaction challenges 6a to 6c: a key/value store for whose transactions every node is
// enough, partition or not, and whose reads are atomic and causal nevertheless.
//
// The decisions are in store.go and replica.go; this file connects them to messages and timers.
package main

import (
	"context"
	"time"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

// A transaction is the body of the request and of the reply.
type transaction struct {
	Txn []microOp `json:"txn"`
}

// serve registers the handlers of a txn-kv node, and returns what they share.
func serve(n *node.Node) *server {
	s := &server{node: n, start: time.Now()}
	s.alarm = n.NewAlarm(func(context.Context) { s.do(s.replica.tick(s.now())) })

	n.OnInit(func(context.Context) error {
		s.replica = newReplica(n.ID(), originOf(n.ID(), n.Now()), n.NodeIDs(), s.now())
		s.do(nil) // the first tick comes after init_ok
		return nil
	})
	node.HandleRPC(n, "txn", func(_ context.Context, req transaction) (transaction, error) {
		if req.Txn == nil {
			return transaction{}, node.NewRPCError(node.MalformedRequest, "txn-kv: no txn")
		}
		done, out := s.replica.run(req.Txn, n.Now().UnixMicro(), s.now())
		s.do(out)
		return transaction{done}, nil
	})
	node.Receive(n, "replicate", func(_ context.Context, from string, m message) {
		s.do(s.replica.receive(from, m, s.now()))
	})
	return s
}

// A server runs a replica on a node. The node calls it from one goroutine at a time.
type server struct {
	node    *node.Node
	replica *replica // nil before init: no message is handled then
	start   time.Time
	alarm   *node.Alarm // for the replica's next tick
}

// now returns the time in the replica's terms.
func (s *server) now() time.Duration { return time.Since(s.start) }

// do sends what the replica decided, and sets the alarm to what it plans next.
func (s *server) do(out []outgoing) {
	for _, m := range out {
		// Only a broken output is an error, and that ends the node.
		_ = node.Notify(s.node, m.dest, "replicate", m.message)
	}
	if next := s.replica.next(); next == never {
		s.alarm.Clear()
	} else {
		s.alarm.Set(s.start.Add(next))
	}
}
