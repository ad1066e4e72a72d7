// Broadcast is a node of the broadcast challenges 3a to 3e: every value that a client gives to any node
// is soon in the reads of all of them, whatever the network does meanwhile.
//
// The decisions are in replica.go; this file connects them to messages and timers.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"glomers/node"
)

func main() {
	budget := flag.Duration("budget", defaultBudget,
		"the latency, up to the last node's reads, that messages may be saved for; up to 200ms news goes to everybody directly")
	flag.Parse()
	if *budget <= 0 {
		fmt.Fprintf(os.Stderr, "broadcast: -budget=%v: want a duration above 0\n", *budget)
		os.Exit(2)
	}
	n := node.NewNode()
	serve(n, newPlan(*budget))
	node.Main(n)
}

type (
	broadcastRequest struct {
		Message *int64 `json:"message"`
	}
	readReply struct {
		Messages []int64 `json:"messages"`
	}
)

// serve registers the handlers of a broadcast node.
func serve(n *node.Node, p plan) {
	s := &server{node: n, replica: newReplica(p), start: time.Now()}
	s.alarm = n.NewAlarm(func(context.Context) { s.do(s.replica.tick(s.now())) })

	n.OnInit(func(context.Context) error {
		s.do(s.replica.join(n.ID(), n.NodeIDs(), n.Rand(), s.now()))
		return nil
	})
	// Who talks to whom is the replica's choice: the topology is a suggestion, which the
	// protocol lets nodes ignore, and its grid would cost latency and messages.
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, nil
	})
	node.HandleRPC(n, "broadcast", func(_ context.Context, req broadcastRequest) (struct{}, error) {
		if req.Message == nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, "broadcast: no message")
		}
		s.do(s.replica.broadcast(*req.Message, s.now()))
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{slices.AppendSeq([]int64{}, s.replica.have.all())}, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, from string, g gossip) {
		s.do(s.replica.receive(from, g, s.now()))
	})
}

// A server runs a replica on a node. The node calls it from one goroutine at a time.
type server struct {
	node    *node.Node
	replica *replica
	start   time.Time
	alarm   *node.Alarm // for the replica's next tick
}

// now returns the time in the replica's terms, and sets its clock, which may have been wrong.
func (s *server) now() time.Duration {
	now := time.Since(s.start)
	s.replica.setClock(time.Duration(s.node.Now().UnixNano()) - now)
	return now
}

// do sends what the replica decided, and sets the alarm to what it plans next.
func (s *server) do(out []message) {
	for _, m := range out {
		// Only a broken output is an error, and that ends the node.
		_ = node.Notify(s.node, m.dest, "gossip", m.gossip)
	}
	if next := s.replica.next(); next == never {
		s.alarm.Clear()
	} else {
		s.alarm.Set(s.start.Add(next))
	}
}
