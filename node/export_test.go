package node

// Pending returns the number of calls and callbacks that wait for a reply.
func (n *Node) Pending() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.pending)
}
