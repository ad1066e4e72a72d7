package host

// An Event is something that happens to a node that is tested.
type Event struct {
	// Kind is one of the constants below or, for a message between two nodes, network.Sent, Received, Dropped or Gone.
	Kind    string `json:"kind"`
	Harness string `json:"harness,omitempty"` // of the node that has done it; "" for what happens at the links
	Line    []byte `json:"line,omitempty"`    // what it has written, without a newline, or how it broke

	Key    string `json:"key,omitempty"`    // of the message; see wire.Message
	Copied bool   `json:"copied,omitempty"` // with Received and Dropped: another copy of the message is still under way
	Src    string `json:"src,omitempty"`    // with Sent
	Dest   string `json:"dest,omitempty"`   // with Sent
}

// The kinds of events that are not about messages between nodes.
const (
	Line  = "line"  // the node has written a line to stdout that is no message to another node
	Log   = "log"   // the node has written a line to stderr (cut to 1 KiB)
	Broke = "broke" // the node has ended by itself, or has broken the protocol
)

// feed tells of an event of the node, if somebody tests it.
func (n *node) feed(e Event) {
	if n.tested() && n.host.Feed != nil {
		e.Harness = n.spec.Harness
		n.host.Feed(e)
	}
}
