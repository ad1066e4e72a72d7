package workload

import (
	"encoding/json"
	"fmt"

	"glomers/harness/history"
)

// Broadcast gives values to nodes and reads values from nodes; see its Kind.
type Broadcast struct {
	growingSet
	topology map[string][]string
}

func broadcast() Kind {
	return Kind{
		Name: "broadcast", About: "Nodes pass values on until everybody has them.",
		RPCs: []RPC{
			{
				Request: `{"type":"topology","topology":{"n1":["n2"],"n2":["n1","n3"],"n3":["n2"]}}`, Reply: `{"type":"topology_ok"}`,
				About:  "topology comes first, once to each node. The node may ignore it: all nodes can talk to each other.",
				Fields: []Field{{"topology", "object of arrays of node ids", "for each node, its suggested neighbours; see --topology"}},
			},
			{
				Request: `{"type":"broadcast","message":17}`, Reply: `{"type":"broadcast_ok"}`,
				About:  "broadcast gives the node a value.",
				Fields: []Field{{"message", "integer", "the value; no value comes twice"}},
			},
			{
				Request: `{"type":"read"}`, Reply: `{"type":"read_ok","messages":[17,4]}`,
				About:  "read asks for what the node has.",
				Fields: []Field{{"messages", "array of integers", "all values that the node knows, in any order"}},
			},
		},
		Operations: "Half broadcast of 0, 1, 2, …, half read. In the final phase, 10 s after the faults, every worker reads once.",
		Verdict:    "No value that was acknowledged, or read, may be missing from all later reads.",
		Figures:    setFigures(),
		Flags:      []Flag{topologyFlag()},
		Make:       newBroadcast,
		Functions:  []string{"broadcast", "read"},
		Unlike:     unlikeSet,
		Argument:   argumentOf("broadcast"),
	}
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

func newBroadcast(c Config) (Workload, error) {
	topology, err := NewTopology(c.Topology, c.Nodes)
	if err != nil {
		return nil, err
	}
	return &Broadcast{growingSet{add: "broadcast", rand: c.Rand}, topology}, nil
}

// Setup sends the topology to the node.
func (b *Broadcast) Setup(c Client) error {
	if err := call(c, topologyRequest{"topology", b.topology}, "topology_ok"); err != nil {
		return fmt.Errorf("workload: topology to %s: %w", c.Node(), err)
	}
	return nil
}

// Invoke returns the broadcast value or, for a read, the list of values.
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
