// A node of the workload txn-rw-register: a store of registers, with transactions.
//
// A transaction runs at once on the node that gets it. The decisions are in replica.go; this file connects them to clients.
package main

import (
	"context"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

// A transaction is the body of both the request and the reply. The reply has the values that were read.
type transaction struct {
	Txn []op `json:"txn"`
}

// serve registers the handlers of a transaction node.
func serve(n *node.Node) {
	d := node.Drive(n, "gossip", func() *replica { return newReplica(n.ID(), n.Others()) })
	node.HandleRPC(n, "txn", func(_ context.Context, req transaction) (transaction, error) {
		return transaction{d.Machine.run(req.Txn)}, nil // sent as txn_ok
	})
}
