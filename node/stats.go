package node

// Stats are what a node has done since it was made, and what it is doing.
type Stats struct {
	Received int64 // lines that it has read, messages or not
	Sent     int64 // messages that it has written
	Running  int   // functions that have begun, or have got their message, and have not returned; those that wait are among them
	Awaited  int   // requests of its own, attempts counted apart, whose replies may still come
}

// Stats returns the node's present Stats. Any goroutine may call it.
func (n *Node) Stats() Stats {
	n.mu.Lock()
	defer n.mu.Unlock()
	return Stats{n.received.Load(), n.sent.Load(), n.inflight.running(), len(n.pending)}
}
