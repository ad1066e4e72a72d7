// Broadcast is a node of the broadcast challenges 3a to 3e: every value that a client gives to any node
// is soon in the reads of all of them, whatever the network does meanwhile. With -durable, no acknowledged value is ever lost, also if all
// nodes are killed at once.
//
// The decisions are in replica.go, and disk.go keeps what survives a kill; this file connects them to clients.
package main

import (
	"context"
	"errors"
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
	durable := flag.Bool("durable", false, "acknowledge a value only when it is on the disk")
	data := flag.String("data", os.Getenv("GLOMERS_DATA"), "directory for -durable, which must exist")
	flag.Parse()
	if *durable && *data == "" {
		fmt.Fprintln(os.Stderr, "broadcast: -durable needs a directory: give it with -data, or in GLOMERS_DATA")
		os.Exit(2)
	}
	p := newPlan(*budget)
	err := p.validate()
	if *budget <= 0 {
		err = errors.New("want a duration above 0")
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "broadcast: -budget=%v: %v\n", *budget, err)
		os.Exit(2)
	}
	n := node.NewNode()
	var disk *node.Store
	if *durable {
		disk = node.OpenStore(n, *data)
	}
	serve(n, p, disk)
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

// serve registers the handlers of a broadcast node, which is durable if it has a disk.
func serve(n *node.Node, p plan, disk *node.Store) {
	watched := declare(n)
	start := func() *replica {
		r := newReplica(p, n.ID(), n.NodeIDs(), n.Rand())
		r.properties = watched
		return r
	}
	var d *node.Driver[gossip, *replica]
	if disk == nil {
		d = node.Drive(n, "gossip", start)
	} else {
		d = node.DriveDurable(n, "gossip", disk, func(state []byte, records [][]byte) (*replica, error) {
			r := start()
			return r, r.restore(state, records)
		})
	}

	// The replica chooses who talks to whom. The topology is a suggestion, which the protocol lets nodes ignore, and its grid
	// would cost latency and messages.
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, nil
	})
	node.HandleRPC(n, "broadcast", func(ctx context.Context, req broadcastRequest) (struct{}, error) {
		if req.Message == nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, "broadcast: no message")
		}
		if disk != nil {
			if err := disk.Full(); err != nil {
				return struct{}{}, err
			}
		}
		d.Do(func(r *replica, now time.Duration) []envelope { return r.broadcast(*req.Message, now) })
		if disk != nil {
			return struct{}{}, disk.Sync(ctx)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (readReply, error) {
		reply := readReply{slices.AppendSeq([]int64{}, d.Machine.have.all())}
		if disk != nil { // or a kill could take back what was read
			return reply, disk.Sync(ctx)
		}
		return reply, nil
	})
}
