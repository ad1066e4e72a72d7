// G-counter is a node of the grow-only counter challenge 4: clients add to any node, and soon the reads of all
// nodes are the sum, whatever the network does meanwhile.
//
// With -durable an add is acknowledged when seq-kv has it, so that it survives the node.
//
// The decisions are in replica.go, and store.go keeps what survives a restart; this file connects them to clients.
package main

import (
	"context"
	"flag"
	"math/big"

	"glomers/node"
)

func main() {
	durable := flag.Bool("durable", false, "acknowledge an add only when seq-kv has it")
	flag.Parse()
	n := node.NewNode()
	serve(n, *durable)
	node.Main(n)
}

type (
	addRequest struct {
		Delta *int64 `json:"delta"`
	}
	readReply struct {
		Value *big.Int `json:"value"`
	}
)

// serve registers the handlers of a counter node, and returns the driver of its replica.
func serve(n *node.Node, durable bool) *node.Driver[gossip, *replica] {
	watched := declare(n)
	d := node.Drive(n, "gossip", func() *replica {
		r := newReplica(n.ID(), n.NodeIDs(), n.Now())
		r.properties = watched
		return r
	})

	var s *store // nil before the node has been initialised: no request is handled then
	n.OnInit(func(context.Context) error {
		s = newStore(n, d.Machine)
		return nil
	})
	write := func(ctx context.Context) { _ = s.write(ctx) } // a write that fails is tried again the next time
	n.Go(write)
	n.Every(saveEvery, write)

	node.HandleRPC(n, "add", func(ctx context.Context, req addRequest) (struct{}, error) {
		if req.Delta == nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, "g-counter: no delta")
		}
		if err := d.Machine.add(*req.Delta); err != nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, err.Error())
		}
		if !durable {
			return struct{}{}, nil
		}
		if err := s.commit(ctx); err != nil {
			// The other nodes will be told of the add all the same, so the error must be an indefinite one.
			return struct{}{}, node.NewRPCError(node.Timeout, "counted, but perhaps not durable: "+err.Error())
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{d.Machine.totals.value()}, nil
	})
	return d
}
