package network

// Stats counts messages in three groups, as the reference harness does, and their bytes, which it does not.
type Stats struct {
	All     Group   `json:"all"`
	Clients Clients `json:"clients"` // from or to a client
	Servers Servers `json:"servers"` // all others: between nodes, and between nodes and services
}

// A Group counts messages and relates them to the work they did.
type Group struct {
	Counts
	MsgsPerOp  float64 `json:"msgs-per-op"`  // Messages ÷ operations that clients invoked; 0 if there were none
	BytesPerOp float64 `json:"bytes-per-op"` // Bytes ÷ the same
}

// Clients is a Group without MsgsPerOp, which the reference does not have of them.
type Clients struct {
	Counts
	BytesPerOp float64 `json:"bytes-per-op"`
}

// Servers also says how the load is spread over the nodes.
type Servers struct {
	Group
	Busiest Busiest `json:"busiest"`
}

// Counts counts messages. The size of a message is that of its body, as its sender wrote it: what the envelope adds is the same for
// every message, so Messages says it.
type Counts struct {
	Sent     int   `json:"send-count"`
	Received int   `json:"recv-count"`    // less than Sent by what was lost or is under way
	Messages int   `json:"msg-count"`     // that were sent or received, each counted once
	Bytes    int64 `json:"byte-count"`    // of Messages
	Largest  int   `json:"largest-bytes"` // the size of the largest of Messages
}

// A Load counts the messages between servers that somebody sent, or that were sent to it.
type Load struct {
	Messages int   `json:"msg-count"`
	Bytes    int64 `json:"byte-count"`
}

// Busiest is the node with the most bytes; of several, that with the most messages, then that added first.
type Busiest struct {
	Node string `json:"node"` // "" if no node sent a message or got one
	Load
	MsgShare  float64 `json:"msg-share"`  // of all messages between servers; 1 if all begin or end at this node
	ByteShare float64 `json:"byte-share"` // of their bytes
}

// Stats returns the counts so far, for a test whose clients have invoked ops
// operations.
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

// SentCount returns how many messages have been sent, in constant time.
func (n *Network) SentCount() int { return n.clients.Sent + n.servers.Sent }

// counts returns those that a message on the link belongs to.
func (n *Network) counts(l *link) *Counts {
	if l.client {
		return &n.clients
	}
	return &n.servers
}

// countSent takes account of a message that is sent.
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
	c.Messages = c.Sent // what is received was sent before
	g := Group{Counts: c}
	if ops > 0 {
		g.MsgsPerOp = float64(g.Messages) / float64(ops)
		g.BytesPerOp = float64(g.Bytes) / float64(ops)
	}
	return g
}
