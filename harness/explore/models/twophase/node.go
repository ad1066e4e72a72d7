package twophase

import (
	"context"

	"glomers/node"
)

// Register makes n the coordinator, if it is the first node, or else a resource manager. A manager tosses a coin to make up its mind. The
// request outcome, of the workload of Kind, asks a node for its State.
func Register(n *node.Node) { register(n, NewCoordinator) }

type outcomeReply struct {
	State string `json:"state"`
}

func register(n *node.Node, coordinator func(managers []string) *Coordinator) {
	d := node.Drive(n, "commit", func() node.Machine[Message] {
		if n.Index() == 0 {
			return coordinator(n.Others())
		}
		return NewManager(n.NodeIDs()[0], func() bool { return n.Rand().IntN(2) == 0 })
	})
	n.Show(func() any { return d.Machine })
	node.HandleRPC(n, "outcome", func(context.Context, struct{}) (outcomeReply, error) {
		return outcomeReply{state(d.Machine)}, nil
	})
}

// state returns the State of a Manager or Coordinator.
func state(m node.Machine[Message]) string {
	if c, ok := m.(*Coordinator); ok {
		return c.State
	}
	return m.(*Manager).State
}
