package network

// Stats counts messages in three groups, as the reference harness does.
type Stats struct {
	All     Group  `json:"all"`
	Clients Counts `json:"clients"` // from or to a client
	Servers Group  `json:"servers"` // all others: between nodes, and between nodes and services
}

// A Group counts messages and relates them to the work they did.
type Group struct {
	Counts
	MsgsPerOp float64 `json:"msgs-per-op"` // Messages ÷ operations that clients invoked; 0 if there were none
}

// Counts counts messages.
type Counts struct {
	Sent     int `json:"send-count"`
	Received int `json:"recv-count"` // less than Sent by what was lost or is under way
	Messages int `json:"msg-count"`  // that were sent or received, each counted once
}

// Stats returns the counts so far, for a test whose clients have invoked ops
// operations.
func (n *Network) Stats(ops int) Stats {
	servers := Counts{
		Sent:     n.all.Sent - n.clients.Sent,
		Received: n.all.Received - n.clients.Received,
	}
	return Stats{
		All:     n.all.group(ops),
		Clients: n.clients.unique(),
		Servers: servers.group(ops),
	}
}

// SentCount returns how many messages have been sent, in constant time.
func (n *Network) SentCount() int { return n.all.Sent }

// unique fills in Messages. What is received was sent before.
func (c Counts) unique() Counts {
	c.Messages = c.Sent
	return c
}

func (c Counts) group(ops int) Group {
	g := Group{Counts: c.unique()}
	if ops > 0 {
		g.MsgsPerOp = float64(g.Messages) / float64(ops)
	}
	return g
}
