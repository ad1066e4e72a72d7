// Kafka-log is a node of the Kafka-style log challenges 5a to 5c: an append-only log for each key, with which
// producers and consumers deal at any node, partition or not. With -durable no acknowledged message is ever lost, also if all nodes are
// killed at once.
//
// The decisions are in replica.go and log.go, and disk.go keeps what survives a kill; this file and requests.go connect them to clients.
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
	durable := flag.Bool("durable", false, "acknowledge only what is on the disk; with -acks=all, on all disks")
	data := flag.String("data", os.Getenv("GLOMERS_DATA"), "directory for -durable, which must exist")
	flag.Parse()
	if *durable && *data == "" {
		fmt.Fprintln(os.Stderr, "kafka-log: -durable needs a directory: give it with -data, or in GLOMERS_DATA")
		os.Exit(2)
	}
	if *acks != "1" && *acks != "all" {
		fmt.Fprintf(os.Stderr, "kafka-log: -acks=%s: want 1 or all\n", *acks)
		os.Exit(2)
	}
	if *copies != 1 && *copies != 2 {
		fmt.Fprintf(os.Stderr, "kafka-log: -copies=%d: want 1 or 2\n", *copies)
		os.Exit(2)
	}
	n := node.NewNode()
	var disk *node.Store
	if *durable {
		disk = node.OpenStore(n, *data)
	}
	serve(n, timings(*acks == "all", *copies == 1), disk)
	node.Main(n)
}

// patience is how long a request waits for other nodes. It is less than the 5 s after which clients give up.
const patience = 3 * time.Second

// timings returns the settings for an acknowledgement mode, with the delays that suit it.
//
// With acks=1, a message is visible everywhere after a pace and two hops, and little more than three messages are sent in a pace. A node that
// starts in a partition must be available soon, so it goes on alone.
//
// With acks=all, clients wait for the pace, so it is short. A node that went on alone could not answer them.
func timings(acksAll, orderOnly bool) settings {
	if acksAll {
		return settings{acksAll, orderOnly, 10 * time.Millisecond, never}
	}
	return settings{acksAll, orderOnly, 55 * time.Millisecond, 500 * time.Millisecond}
}

// A server answers a node's clients. The node calls it from one goroutine at a time.
type server struct {
	*node.Driver[message, *replica]
	node *node.Node
	disk *node.Store // nil without -durable
}

// serve makes n a kafka-log node, which is durable if it has a disk.
func serve(n *node.Node, o settings, disk *node.Store) server {
	watched := declare(n)
	start := func() *replica {
		r := newReplica(n.ID(), n.NodeIDs(), o, n.Now().UnixNano())
		r.properties = watched
		return r
	}
	s := server{node: n, disk: disk}
	if disk == nil {
		s.Driver = node.Drive(n, "replicate", start)
	} else {
		s.Driver = node.DriveDurable(n, "replicate", disk, func(state []byte, records [][]byte) (*replica, error) {
			r := start()
			return r, r.restore(state, records)
		})
	}
	node.HandleRPC(n, "send", s.send)
	node.HandleRPC(n, "poll", s.poll)
	node.HandleRPC(n, "commit_offsets", s.commit)
	node.HandleRPC(n, "list_committed_offsets", s.committed)
	return s
}

// ready waits until the replica writes. Before that, it does not know what it has written in an earlier life.
func (s server) ready(ctx context.Context) error {
	s.Do((*replica).wake)
	if !s.await(ctx, func() bool { return s.Machine.writes() }) {
		return node.NewRPCError(node.TemporarilyUnavailable, "kafka-log: this node has not reached all others since its start")
	}
	return nil
}

// write does something that adds to the journal. It waits until the addition is on the disk, if there is one, and with acks=all until every
// node has it; if a node is known not to answer, nothing is done.
func (s server) write(ctx context.Context, do func(r *replica, now time.Duration) []envelope) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	r := s.Machine
	if r.acksAll && !r.reachable() {
		return node.NewRPCError(node.TemporarilyUnavailable, "kafka-log: a node does not answer, and acks=all needs every one")
	}
	if s.disk != nil {
		if err := s.disk.Full(); err != nil {
			return err
		}
	}
	s.Do(do)
	end := len(r.own())
	if err := s.kept(ctx); err != nil {
		return err
	}
	if r.acksAll && !s.await(ctx, func() bool { return r.stable >= end }) {
		// The addition will be everywhere as soon as the network permits, so nothing definite can be said.
		return node.NewRPCError(node.Timeout, "kafka-log: stored here, but not confirmed by all nodes in time")
	}
	return nil
}

// kept waits until all that this node has now is on its disk, if there is one: then it may be shown.
func (s server) kept(ctx context.Context) error {
	if s.disk == nil {
		return nil
	}
	ctx, cancel := s.node.Timeout(ctx, patience)
	defer cancel()
	if s.disk.Sync(ctx) != nil {
		return node.NewRPCError(node.Timeout, "kafka-log: the disk has not written in time; what was sent may be stored")
	}
	return nil
}

// await waits until the condition holds, for patience at the most, and reports whether it does. Others have the turn meanwhile.
func (s server) await(ctx context.Context, condition func() bool) bool {
	ctx, cancel := s.node.Timeout(ctx, patience)
	defer cancel()
	return s.node.Wait(ctx, condition) == nil
}
