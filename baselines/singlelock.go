package baselines

import (
	"glomers/baselines/internal/lock"
	"glomers/node"
)

// SingleLock has the first node give out the lock, to one client after the other; the other nodes pass requests on to it. Its fences are
// a count, and a client that does not leave is out when its lease has passed, by the count of the first node: that
// begins later than the client's own, so it ends later, too.
//
// An entry costs four messages and two round trips, or nothing if the client happens to talk to the first node. Whoever is cut off
// from that cannot enter. When it is killed, it has forgotten who is in: examples/mutex has a lock that survives that.
func SingleLock(n *node.Node) {
	lock.Serve(n, lock.Lease, func() bool { return n.ID() == n.NodeIDs()[0] })
}
