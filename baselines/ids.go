package baselines

import (
	"context"
	"fmt"

	"glomers/node"
)

// RandomIDs gives out random ids of 128 bits, as version 4 UUIDs are. Nobody is asked and nothing is
// remembered, so neither partitions nor restarts matter. That no two are the same is only very
// probable: among k ids of b random bits about k²/2^(b+1) pairs are (the birthday problem), which for a billion
// ids of 128 bits is 10^-21.
//
// The bits are those of Node.Rand, so that a simulation can be repeated. Its seed has 64 bits, which is what
// two processes can differ in; a real system would use crypto/rand.
func RandomIDs(n *node.Node) {
	type generated struct {
		ID string `json:"id"`
	}
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (generated, error) {
		return generated{fmt.Sprintf("%016x%016x", n.Rand().Uint64(), n.Rand().Uint64())}, nil
	})
}

// OracleIDs gets every id from the service lin-tso, which counts. The ids are short and even in order, at the
// price of a round trip each, and of none at all while the service is out of reach.
func OracleIDs(n *node.Node) {
	type generated struct {
		ID int64 `json:"id"`
	}
	oracle := node.NewLinTSO(n)
	node.HandleRPC(n, "generate", func(ctx context.Context, _ struct{}) (generated, error) {
		ts, err := oracle.Next(ctx)
		return generated{ts}, err
	})
}
