// G-counter is a node of the grow-only counter challenge 4: clients add to any node, and soon the reads of all
// nodes are the sum, whatever the network does meanwhile.
//
// With -durable, which is -durable=seq-kv, an add is acknowledged when seq-kv has it; with -durable=disk, when it is on the node's disk.
//
// The decisions are in replica.go; store.go and disk.go keep what survives a restart; this file connects them to clients.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/big"
	"os"
	"time"

	"glomers/node"
)

func main() {
	var s settings
	flag.Var(&s.durable, "durable", "acknowledge an add only when it survives a kill: when seq-kv has it, or with -durable=disk, when the disk has it")
	flag.StringVar(&s.data, "data", os.Getenv("GLOMERS_DATA"), "directory for -durable=disk, which must exist")
	flag.Parse()
	if s.durable == onDisk && s.data == "" {
		fmt.Fprintln(os.Stderr, "g-counter: -durable=disk needs a directory: give it with -data, or in GLOMERS_DATA")
		os.Exit(2)
	}
	n := node.NewNode()
	serve(n, s)
	node.Main(n)
}

// The settings are the operator's choices.
type settings struct {
	durable durability
	data    string // the directory for onDisk; "" in a simulation
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
func serve(n *node.Node, o settings) *node.Driver[gossip, *replica] {
	watched := declare(n)
	start := func() *replica {
		r := newReplica(n.ID(), n.NodeIDs(), n.Now())
		r.properties = watched
		return r
	}
	var d *node.Driver[gossip, *replica]
	var disk *node.Store // nil unless adds must be on the disk
	var commit func(context.Context) error
	if o.durable == onDisk {
		disk = node.OpenStore(n, o.data)
		d = node.DriveDurable(n, "gossip", disk, func(state []byte, records [][]byte) (*replica, error) {
			r := start()
			return r, r.restore(state, records)
		})
		commit = disk.Sync
	} else {
		d = node.Drive(n, "gossip", start)
		commit = keep(n, d, o.durable)
	}

	node.HandleRPC(n, "add", func(ctx context.Context, req addRequest) (struct{}, error) {
		if req.Delta == nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, "g-counter: no delta")
		}
		if disk != nil {
			if err := disk.Full(); err != nil {
				return struct{}{}, err
			}
		}
		var err error
		d.Do(func(r *replica, _ time.Duration) []envelope {
			err = r.add(*req.Delta)
			return nil
		})
		if err != nil {
			return struct{}{}, node.NewRPCError(node.MalformedRequest, err.Error())
		}
		if err := commit(ctx); err != nil {
			// The other nodes may be told of the add all the same, so the error must be an indefinite one.
			return struct{}{}, node.NewRPCError(node.Timeout, "counted, but perhaps not durable: "+err.Error())
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (readReply, error) {
		reply := readReply{d.Machine.totals.value()}
		if disk != nil { // or a kill could take back what was read
			return reply, disk.Sync(ctx)
		}
		return reply, nil
	})
	return d
}

// keep has seq-kv told of all adds. The function that it returns waits until an add is as durable as it has to be.
func keep(n *node.Node, d *node.Driver[gossip, *replica], durable durability) (commit func(context.Context) error) {
	var s *store // nil before the node has been initialised: no request is handled then
	n.OnInit(func(context.Context) error {
		s = newStore(n, d.Machine)
		return nil
	})
	write := func(ctx context.Context) { _ = s.write(ctx) } // a write that fails is tried again the next time
	n.Go(write)
	n.Every(saveEvery, write)
	if durable == inMemory {
		return func(context.Context) error { return nil }
	}
	return func(ctx context.Context) error { return s.commit(ctx) }
}
