package workload

import (
	"encoding/json"
	"fmt"

	"glomers/harness/history"
)

// Broadcast gives values to nodes and reads from others. Its RPCs are
//
//	topology {topology: {node: [neighbour, …], …}} → topology_ok
//	broadcast {message: integer} → broadcast_ok
//	read → read_ok {messages: [integer, …]}
//
// Each node is first told the topology, which the node may ignore. The operations are,
// half and half, "broadcast" of 0, 1, 2, … and "read" of all values that the node has; in the
// final phase each worker reads once. No value that was acknowledged or read may be
// missing for good.
type Broadcast struct {
	growingSet
	topology map[string][]string
}

type (
	topologyRequest struct {
		Type     string              `json:"type"`
		Topology map[string][]string `json:"topology"`
	}
	broadcastRequest struct {
		Type    string          `json:"type"`
		Message json.RawMessage `json:"message"`
	}
)

func newBroadcast(o Options) (*Broadcast, error) {
	topology, err := NewTopology(o.Topology, o.Nodes)
	if err != nil {
		return nil, err
	}
	return &Broadcast{growingSet{add: "broadcast", rand: o.Rand}, topology}, nil
}

// Setup tells the node the topology.
func (b *Broadcast) Setup(c Client) error {
	if err := call(c, topologyRequest{"topology", b.topology}, "topology_ok"); err != nil {
		return fmt.Errorf("workload: topology to %s: %w", c.Node(), err)
	}
	return nil
}

// Invoke returns the value that was broadcast, or the list that was read.
func (*Broadcast) Invoke(c Client, op history.Op) (any, error) {
	switch op.F {
	case "broadcast":
		return op.Value, call(c, broadcastRequest{"broadcast", op.Value}, "broadcast_ok")
	case "read":
		messages, err := callFor(c, request{"read"}, "read_ok", "messages", "a list", listOrNull)
		return noNull(messages), err
	}
	return nil, fmt.Errorf("workload: broadcast has no operation %q", op.F)
}
