package baselines

import (
	"glomers/baselines/internal/lww"
	"glomers/node"
)

// LastWriteWins runs each transaction on the node that the client talks to, and sends what it has written to all others, which
// keep the latest write of each key. The latest is that with the highest Lamport clock; nodes agree on it without asking each other.
//
// It always answers, and a write set of k nodes costs 2(k-1) messages. The price is consistency: transactions that do not know
// of each other may both read a value and both replace it, and one of the two is lost without anybody being told. As a set is merged in
// one step nobody sees half a transaction, but a node may see the effect of one whose cause has not arrived. When a node is killed, what
// it had not sent is gone, and it has forgotten all that the others told it.
func LastWriteWins(n *node.Node) {
	lww.New(n)
}
