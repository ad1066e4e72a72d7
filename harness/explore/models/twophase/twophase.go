// Package twophase is two-phase commit, as Gray and Lamport specify it in "Consensus on Transaction Commit" (2006), section 3:
// resource managers commit a transaction together, or abort it together.
//
//	coordinator                 resource manager
//	   │                           │  working: makes up its mind
//	   │◀──────────────────────────┤  prepared, or it aborts on its own, and says nothing
//	   │  commit, when all are     │
//	   │  prepared, or else abort  │
//	   ├──────────────────────────▶│  committed, or aborted
//
// A manager that is prepared has given up the right to abort on its own: it waits for the coordinator, however long that takes.
//
// The first node is the coordinator, and the others are managers. There are no clients: each node decides by its timer. Nothing is
// repeated when a message is lost: package twophase is a model to explore, not a service to run.
package twophase

import (
	"fmt"
	"slices"
	"time"

	"glomers/node"
)

// A Message is prepared, from a manager to the coordinator, or commit or abort, from the coordinator to a manager.
type Message struct {
	Kind string `json:"kind"`
}

type envelope = node.Envelope[Message]

// The states of a manager and of the coordinator. A coordinator is never prepared.
const (
	Working   = "working"
	Prepared  = "prepared"
	Committed = "committed"
	Aborted   = "aborted"
)

var states = []string{Working, Prepared, Committed, Aborted}

// patience is how long a node waits before it decides. Any time would do: no schedule relies on it.
const patience = time.Second

// A Manager is the state of a resource manager. It is a node.Machine.
type Manager struct {
	State string `json:"state"`

	coordinator string
	willing     func() bool
}

// NewManager returns a working manager. It calls willing to make up its mind: true means that it can commit.
func NewManager(coordinator string, willing func() bool) *Manager {
	return &Manager{State: Working, coordinator: coordinator, willing: willing}
}

// Tick makes up the mind of a manager that is working.
func (m *Manager) Tick(time.Duration) []envelope {
	switch {
	case m.State != Working:
	case m.willing():
		m.State = Prepared
		return []envelope{{Dest: m.coordinator, Message: Message{"prepared"}}}
	default:
		m.State = Aborted
	}
	return nil
}

// Receive takes the decision of the coordinator.
func (m *Manager) Receive(_ string, msg Message, _ time.Duration) []envelope {
	switch msg.Kind {
	case "commit":
		m.State = Committed
	case "abort":
		m.State = Aborted
	}
	return nil
}

// Next is in due time while the manager is working, and Never afterwards.
func (m *Manager) Next() time.Duration { return next(m.State) }

// A Coordinator is the state of the coordinator. It is a node.Machine.
type Coordinator struct {
	State    string   `json:"state"`
	Prepared []string `json:"prepared,omitempty"` // the managers that are, in order, until the decision

	managers []string
	quorum   int // the number of managers that must be prepared for a commit
}

// NewCoordinator returns a coordinator that has not decided.
func NewCoordinator(managers []string) *Coordinator {
	return &Coordinator{State: Working, managers: managers, quorum: len(managers)}
}

// Receive takes it that a manager is prepared. After the decision that is of no interest.
func (c *Coordinator) Receive(from string, msg Message, _ time.Duration) []envelope {
	if i, found := slices.BinarySearch(c.Prepared, from); c.State == Working && msg.Kind == "prepared" && !found {
		c.Prepared = slices.Insert(c.Prepared, i, from)
	}
	return nil
}

// Tick decides.
func (c *Coordinator) Tick(time.Duration) (out []envelope) {
	if c.State != Working {
		return nil
	}
	decision := "abort"
	c.State = Aborted
	if len(c.Prepared) >= c.quorum {
		decision, c.State = "commit", Committed
	}
	c.Prepared = nil
	for _, id := range c.managers {
		out = append(out, envelope{Dest: id, Message: Message{decision}})
	}
	return out
}

// Next is in due time until the coordinator has decided, and Never afterwards.
func (c *Coordinator) Next() time.Duration { return next(c.State) }

func next(state string) time.Duration {
	if state == Working {
		return patience
	}
	return node.Never
}

// Consistent returns an error if one manager has committed and another has aborted. This is the safety of commit: TCConsistent in the
// paper.
func Consistent(states []*Manager) error {
	committed := slices.IndexFunc(states, func(m *Manager) bool { return m.State == Committed })
	aborted := slices.IndexFunc(states, func(m *Manager) bool { return m.State == Aborted })
	if committed >= 0 && aborted >= 0 {
		return fmt.Errorf("twophase: manager %d has committed and manager %d has aborted", committed+1, aborted+1)
	}
	return nil
}
