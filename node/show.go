package node

import (
	"encoding/json"

	"glomers/internal/control"
)

// Show lets others see the state of the node: debuggers, and explorations of all schedules. state is called with the turn, between
// two events of the node; it returns a value for encoding/json, and changes nothing. Call it before Run, once.
func (n *Node) Show(state func() any) {
	if n.show != nil {
		panic("node: Show was called before")
	}
	n.show = state
}

func init() {
	control.Shown = func(n any) any { return n.(*Node).value() }
	control.State = func(n any) (json.RawMessage, error) { return n.(*Node).shown() }
	control.Unwritten = func(n any) (json.RawMessage, error) { return n.(*Node).notWritten() }
	control.Text = func(n any) string { return n.(*Node).described() }
}

// shown returns the state as JSON; nil if the node does not show any.
func (n *Node) shown() (json.RawMessage, error) {
	if n.show == nil {
		return nil, nil
	}
	return json.Marshal(n.value())
}

// notWritten returns what the store has not given its disk, as JSON; nil if there is nothing.
func (n *Node) notWritten() (json.RawMessage, error) {
	if n.unwritten == nil {
		return nil, nil
	}
	n.turn.acquire()
	defer n.turn.release()
	if left := n.unwritten(); left != nil {
		return json.Marshal(left)
	}
	return nil, nil
}

// value returns the state; nil if the node does not show any.
func (n *Node) value() any {
	if n.show == nil {
		return nil
	}
	n.turn.acquire()
	defer n.turn.release()
	return n.show()
}

// described returns the state of a machine in words; "" if the node has none, or the machine has no String.
func (n *Node) described() string {
	if n.text == nil {
		return ""
	}
	n.turn.acquire()
	defer n.turn.release()
	return n.text()
}
