package baselines

import (
	"context"

	"glomers/baselines/internal/peers"
	"glomers/baselines/internal/txn"
	"glomers/node"
)

// SingleCopy runs all transactions on the first node, one after the other, so they are strictly serializable and nothing
// cleverer can be more correct. The other nodes pass requests on to it.
//
// A transaction costs two messages and a round trip, or nothing if the client happens to talk to the first node. Whoever
// is cut off from that can do nothing: this is what a partition costs a system that stays consistent. When the first node is killed,
// all is gone.
func SingleCopy(n *node.Node) {
	type request struct {
		txn.Body
		Number peers.Number `json:"number,omitempty"` // if a node passes it on
	}
	registers := make(txn.Registers)
	var ran peers.Once[txn.Body]
	node.HandleRPC(n, "txn", func(ctx context.Context, req request) (txn.Body, error) {
		if first := n.NodeIDs()[0]; first != n.ID() {
			req.Number = peers.NewNumber(n)
			return peers.Ask[txn.Body](ctx, n, first, "txn", req)
		}
		return ran.Do(req.Number, func() txn.Body { return txn.Body{Txn: registers.Run(req.Txn)} }), nil
	})
}
