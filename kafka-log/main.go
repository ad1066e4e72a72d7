// Kafka-log is a node of the Kafka-style log challenges 5a to 5c: an append-only log for each key, with which
// producers and consumers deal at any node, partition or not.
//
// The decisions are in replica.go and log.go; this file connects them to clients.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"glomers/node"
)

func main() {
	acks := flag.String("acks", "1", `when a send is answered: "1" as soon as this node has it, "all" when every node has it`)
	copies := flag.Int("copies", 2, `how many nodes must have a message before polls show it: 2, so that what was shown survives the kill of a node, or 1, which costs two thirds`)
	flag.Parse()
	if *acks != "1" && *acks != "all" {
		fmt.Fprintf(os.Stderr, "kafka-log: -acks=%s: want 1 or all\n", *acks)
		os.Exit(2)
	}
	if *copies != 1 && *copies != 2 {
		fmt.Fprintf(os.Stderr, "kafka-log: -copies=%d: want 1 or 2\n", *copies)
		os.Exit(2)
	}
	n := node.NewNode()
	serve(n, options{acksAll: *acks == "all", orderOnly: *copies == 1})
	node.Main(n)
}

// patience is how long a request waits for other nodes. It is less than the 5 s after which clients give up.
const patience = 3 * time.Second

// startAfter is when a node talks to the others if no client has come until then: one that has been killed must join, even if its
// clients, whose requests it has lost, wait for something else.
const startAfter = 500 * time.Millisecond

// timings returns what suits the acks.
//
// With acks=1 a pace bounds the time until a message is visible, a pace and two hops, and the cost, little more than
// three messages per pace. A node that starts in a partition must be available soon.
//
// With acks=all clients wait for the pace. Without the others there is nothing that a node could do.
func timings(acksAll bool) settings {
	if acksAll {
		return settings{pace: 10 * time.Millisecond, alone: never}
	}
	return settings{pace: 55 * time.Millisecond, alone: 500 * time.Millisecond}
}

// The options are the flags.
type options struct {
	acksAll   bool
	orderOnly bool // copies=1
}

// settings returns those of the replica.
func (o options) settings() settings {
	s := timings(o.acksAll)
	s.orderOnly = o.orderOnly
	return s
}

// serve registers the handlers of a kafka-log node, and returns what they share.
func serve(n *node.Node, o options) *server {
	s := &server{node: n, acksAll: o.acksAll}
	s.Driver = node.Drive(n, "replicate", func() *replica {
		r := newReplica(n.Now().UnixNano())
		r.join(n.ID(), n.NodeIDs(), o.settings())
		return r
	})
	n.OnInit(func(context.Context) error {
		n.After(startAfter, func(context.Context) { s.Do((*replica).start) })
		return nil
	})
	node.HandleRPC(n, "send", s.send)
	node.HandleRPC(n, "poll", s.poll)
	node.HandleRPC(n, "commit_offsets", s.commit)
	node.HandleRPC(n, "list_committed_offsets", s.committed)
	return s
}

// A server answers a node's clients. The node calls it from one goroutine at a time.
type server struct {
	*node.Driver[message, *replica]
	node    *node.Node
	acksAll bool
}

// ready waits until the replica has joined. Before that it must not write, and does not know what it has
// written.
func (s *server) ready(ctx context.Context) error {
	s.Do((*replica).start)
	if !s.await(ctx, func() bool { return s.Machine.joined }) {
		return node.NewRPCError(node.TemporarilyUnavailable, "kafka-log: this node has not reached all others since its start")
	}
	return nil
}

// write does something that adds to the journal. With acks=all it waits until every node has it;
// if a node is known not to answer, nothing is done.
func (s *server) write(ctx context.Context, do func(r *replica, now time.Duration) []envelope) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.acksAll && !s.Machine.reachable() {
		return node.NewRPCError(node.TemporarilyUnavailable, "kafka-log: a node does not answer, and acks=all needs every one")
	}
	s.Do(do)
	end := len(s.Machine.own())
	if s.acksAll && !s.await(ctx, func() bool { return s.Machine.stable >= end }) {
		// It will be everywhere as soon as the network permits, so nothing definite can be said.
		return node.NewRPCError(node.Timeout, "kafka-log: stored here, but not confirmed by all nodes in time")
	}
	return nil
}

// await waits until ready, which the replica's events make true, and tells whether it became so. It waits no longer
// than patience; others have the turn meanwhile.
func (s *server) await(ctx context.Context, ready func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.node.Wait(ctx, ready) == nil
}
