package node

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A gate holds back the messages to other nodes of a node that has just been initialised. Maelstrom initialises
// nodes while it is still starting others, and a message to a node that does not exist yet breaks
// the test. The first request opens the gate: all nodes exist when a client sends one, and when another node does,
// whose own gate is open by then.
type gate struct {
	closed atomic.Bool // changed under mu only

	mu    sync.Mutex
	lines [][]byte // in the order in which they were sent
	limit *event   // opens it
}

// gateLimit is how long the gate stays closed if no request comes.
const gateLimit = time.Second

// closeGate holds messages to other nodes back from now on, for gateLimit at the most.
func (n *Node) closeGate() {
	if n.spawn != nil {
		return // all nodes exist
	}
	n.gate.mu.Lock()
	defer n.gate.mu.Unlock()
	n.gate.closed.Store(true)
	n.gate.limit = n.timers.after(gateLimit, func() {
		n.openGate()
		n.turn.release()
	})
}

// openGate sends the lines that were held back.
func (n *Node) openGate() {
	n.gate.mu.Lock()
	defer n.gate.mu.Unlock()
	if !n.gate.closed.Swap(false) {
		return
	}
	n.timers.stop(n.gate.limit)
	for _, line := range n.gate.lines {
		if n.emit(line) != nil {
			break // the node ends
		}
	}
	n.gate.lines = nil
}

// keep holds back a line for dest if the gate is closed, and reports whether it did.
func (n *Node) keep(dest string, line []byte) bool {
	if !n.gate.closed.Load() || dest == n.ID() || !slices.Contains(n.NodeIDs(), dest) {
		return false
	}
	n.gate.mu.Lock()
	defer n.gate.mu.Unlock()
	if !n.gate.closed.Load() {
		return false // it has been opened meanwhile
	}
	n.gate.lines = append(n.gate.lines, bytes.Clone(line))
	return true
}
