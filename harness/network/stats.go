package network

// Stats counts messages in three groups, as the reference harness does. It also counts their bytes, which the reference does not.
type Stats struct {
	All     Group   `json:"all"`
	Clients Clients `json:"clients"` // from or to a client
	Servers Servers `json:"servers"` // all others: between nodes, and between nodes and services
}

// A Group counts messages, in total and per operation.
type Group struct {
	Counts
	MsgsPerOp  float64 `json:"msgs-per-op"`  // Messages ÷ operations that clients invoked; 0 without operations
	BytesPerOp float64 `json:"bytes-per-op"` // Bytes ÷ the same number
}

// Clients is a Group without MsgsPerOp, which the reference does not report for clients.
type Clients struct {
	Counts
	BytesPerOp float64 `json:"bytes-per-op"`
}

// Servers is a Group that also names the busiest node.
type Servers struct {
	Group
	Busiest Busiest `json:"busiest"`
}

// Counts counts messages. The size of a message is the size of its body as the sender wrote it, without the envelope, which adds
// about the same to every message.
type Counts struct {
	Sent     int   `json:"send-count"`
	Received int   `json:"recv-count"`    // without messages that were lost or are under way
	Messages int   `json:"msg-count"`     // sent or received, each message counted once
	Bytes    int64 `json:"byte-count"`    // total size of Messages
	Largest  int   `json:"largest-bytes"` // size of the largest of Messages
}

// A Load counts the messages between servers that a party sent or was sent.
type Load struct {
	Messages int   `json:"msg-count"`
	Bytes    int64 `json:"byte-count"`
}

// Busiest is the node with the most bytes. Ties are broken by the number of messages, then by the order of Add.
type Busiest struct {
	Node string `json:"node"` // "" if no message between servers involved a node
	Load
	MsgShare  float64 `json:"msg-share"`  // the node's share of all messages between servers; 1 if it sends or is sent all of them
	ByteShare float64 `json:"byte-share"` // the node's share of the bytes of these messages
}

// Stats returns the counts so far. The clients of the test have invoked ops operations.
func (n *Network) Stats(ops int) Stats {
	all := Counts{
		Sent:     n.clients.Sent + n.servers.Sent,
		Received: n.clients.Received + n.servers.Received,
		Bytes:    n.clients.Bytes + n.servers.Bytes,
		Largest:  max(n.clients.Largest, n.servers.Largest),
	}
	clients := n.clients.group(ops)
	return Stats{
		All:     all.group(ops),
		Clients: Clients{clients.Counts, clients.BytesPerOp},
		Servers: Servers{n.servers.group(ops), n.busiest()},
	}
}

// SentCount returns the number of messages sent, in constant time.
func (n *Network) SentCount() int { return n.clients.Sent + n.servers.Sent }

// counts returns the group of counts for messages on l.
func (n *Network) counts(l *link) *Counts {
	if l.client {
		return &n.clients
	}
	return &n.servers
}

// countSent counts a message that is sent.
func (n *Network) countSent(l *link, size int) {
	c := n.counts(l)
	c.Sent++
	c.Bytes += int64(size)
	c.Largest = max(c.Largest, size)
	if l.client {
		return
	}
	l.src.load.add(size)
	if l.dest != l.src {
		l.dest.load.add(size)
	}
}

func (l *Load) add(size int) {
	l.Messages++
	l.Bytes += int64(size)
}

func (n *Network) busiest() Busiest {
	var most *party
	for _, p := range n.parties {
		if p.role == Node && p.load.Messages > 0 && (most == nil || p.busier(most)) {
			most = p
		}
	}
	if most == nil {
		return Busiest{}
	}
	b := Busiest{Node: most.id, Load: most.load, MsgShare: float64(most.load.Messages) / float64(n.servers.Sent)}
	if n.servers.Bytes > 0 {
		b.ByteShare = float64(most.load.Bytes) / float64(n.servers.Bytes)
	}
	return b
}

// busier is a total order.
func (p *party) busier(o *party) bool {
	switch {
	case p.load.Bytes != o.load.Bytes:
		return p.load.Bytes > o.load.Bytes
	case p.load.Messages != o.load.Messages:
		return p.load.Messages > o.load.Messages
	}
	return p.index < o.index
}

func (c Counts) group(ops int) Group {
	c.Messages = c.Sent // every received message was sent before
	g := Group{Counts: c}
	if ops > 0 {
		g.MsgsPerOp = float64(g.Messages) / float64(ops)
		g.BytesPerOp = float64(g.Bytes) / float64(ops)
	}
	return g
}
