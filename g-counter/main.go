// G-counter is a node of the grow-only counter challenge 4: clients add to any node, and soon the reads of all
// nodes are the sum, whatever the network does meanwhile.
//
// With -durable an add is acknowledged when seq-kv has it, so that it survives the node.
//
// The decisions are in replica.go, what survives a restart is in store.go; this file connects them to
// messages and timers.
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

// serve registers the handlers of a counter node, and returns what they share.
func serve(n *node.Node, durable bool) *server {
	s := &server{node: n}

	n.OnInit(func(context.Context) error {
		s.replica = newReplica(n.ID(), n.NodeIDs(), n.Now())
		s.store = newStore(n, s.replica)
		s.send(s.replica.hello())
		return nil
	})
	n.Go(s.write)
	n.Every(saveEvery, s.write)
	n.Every(gossipEvery, func(context.Context) { s.send(s.replica.tick()) })

	node.HandleRPC(n, "add", func(ctx context.Context, req addRequest) (struct{}, error) {
		if err := s.add(req.Delta); err != nil {
			return struct{}{}, err
		}
		if durable {
			return struct{}{}, s.commit(ctx)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (readReply, error) {
		return readReply{s.replica.totals.value()}, nil
	})
	node.Receive(n, "gossip", func(ctx context.Context, g gossip) {
		s.send(s.replica.receive(node.From(ctx), g))
	})
	return s
}

// A server runs a replica and its store on a node. The node calls it from one goroutine at a time.
type server struct {
	node    *node.Node
	replica *replica // nil, as is store, before the node has been initialised: no message is handled then
	store   *store
}

// add counts a client's delta. What it refuses was not counted.
func (s *server) add(delta *int64) error {
	switch {
	case delta == nil:
		return node.NewRPCError(node.MalformedRequest, "g-counter: no delta")
	case *delta < 0:
		return node.NewRPCError(node.MalformedRequest, "g-counter: the delta is negative, and this counter only grows")
	}
	if err := s.replica.add(*delta); err != nil {
		return node.NewRPCError(node.MalformedRequest, err.Error())
	}
	return nil
}

// commit returns when what has been counted is in seq-kv. Whatever goes wrong with that, the error is an
// indefinite one: others will be told of the add all the same.
func (s *server) commit(ctx context.Context) error {
	if err := s.store.commit(ctx); err != nil {
		return node.NewRPCError(node.Timeout, "counted, but perhaps not durable: "+err.Error())
	}
	return nil
}

// write saves what seq-kv lacks. What fails is tried again the next time.
func (s *server) write(ctx context.Context) {
	_ = s.store.write(ctx)
}

// send sends what the replica decided.
func (s *server) send(out []message) {
	for _, m := range out {
		// Only a broken output is an error, and that ends the node.
		_ = node.Notify(s.node, m.dest, "gossip", m.gossip)
	}
}
