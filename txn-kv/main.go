// Txn-kv is a node of the transaction challenges 6a to 6c: a key/value store. Any single node can run a transaction, in a partition,
// too, and reads are atomic and causal nevertheless.
//
// The decisions are in store.go and replica.go; this file connects them to clients.
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

// serve registers the handlers of a txn-kv node, and returns what drives its replica.
func serve(n *node.Node) *node.Driver[message, *replica] {
	watched := declare(n)
	d := node.Drive(n, "replicate", func() *replica {
		r := newReplica(n.ID(), originOf(n.ID(), n.Now()), n.NodeIDs())
		r.properties = watched
		return r
	})
	node.HandleRPC(n, "txn", func(_ context.Context, req transaction) (transaction, error) {
		if req.Txn == nil {
			return transaction{}, node.NewRPCError(node.MalformedRequest, "txn-kv: no txn")
		}
		var done []microOp
		d.Do(func(r *replica, now time.Duration) (out []envelope) {
			done, out = r.run(req.Txn, n.Now().UnixMicro(), now)
			return out
		})
		return transaction{done}, nil
	})
	return d
}
