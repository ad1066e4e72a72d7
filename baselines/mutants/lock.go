package mutants

import (
	"glomers/baselines/internal/lock"
	"glomers/node"
)

// lockLocal gives out a lock of the node's own. The clients of one node take turns, but not with those of other nodes.
func lockLocal(n *node.Node) {
	lock.Serve(n, lock.Lease, func() bool { return true })
}

// lockHasty takes the lock back after half of the lease that clients were promised.
func lockHasty(n *node.Node) {
	lock.Serve(n, lock.Lease/2, func() bool { return n.ID() == n.NodeIDs()[0] })
}
