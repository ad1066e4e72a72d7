// Broadcast is a node of the broadcast challenges 3a to 3e: every value that a client gives to any node
// is soon in the reads of all of them, whatever the network does meanwhile.
//
// The decisions are in replica.go; this file connects them to clients.
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
	flag.Parse()
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
	serve(n, p)
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
	watched := declare(n)
	d := node.Drive(n, "gossip", func() *replica {
		r := newReplica(p, n.ID(), n.NodeIDs(), n.Rand())
		r.properties = watched
		return r
	})

	// The replica chooses who talks to whom. The topology is a suggestion, which the protocol lets nodes ignore, and its grid
	// would cost latency and messages.
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, nil
	})
	node.HandleRPC(n, "broadcast", func(_ context.Context, req broadcastRequest) (struct{}, error) {
		if req.Message == nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, "broadcast: no message")
		}
		d.Do(func(r *replica, now time.Duration) []envelope { return r.broadcast(*req.Message, now) })
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{slices.AppendSeq([]int64{}, d.Machine.have.all())}, nil
	})
}
