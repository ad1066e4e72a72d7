package explore

import (
	"cmp"
	"fmt"
	"slices"

	"glomers/internal/wording"
)

// A Pattern is what somebody looks for in an execution: an event, or one event and a later one at the same node. The zero value
// stands for an execution that is not valid.
type Pattern struct {
	First Event `json:"first"`
	Then  Event `json:"then"` // zero if there is only one
}

// An Event is an action at a node. Fields that are zero stand for any.
type Event struct {
	Kind string `json:"kind"` // as Kind.String returns it
	Type string `json:"type"` // of the message that is delivered, lost or duplicated, or the function of the operation that begins
	Node string `json:"node"`
}

// check reports what is wrong with a pattern, if anything is.
func (p Pattern) check(ids []string) error {
	for _, e := range []Event{p.First, p.Then} {
		if e.Kind != "" && !slices.Contains(kindNames[:Final], e.Kind) {
			return fmt.Errorf("explore: no action is called %q: %s", e.Kind, wording.Want(e.Kind, kindNames[:Final]))
		}
		if e.Node != "" && !slices.Contains(ids, e.Node) {
			return fmt.Errorf("explore: no node is called %q: %s", e.Node, wording.Want(e.Node, ids))
		}
	}
	if p.First == (Event{}) && p.Then != (Event{}) {
		return fmt.Errorf("explore: the pattern has a second event, but no first one")
	}
	return nil
}

// String returns the pattern in words.
func (p Pattern) String() string {
	if p == (Pattern{}) {
		return "an execution that is not valid"
	}
	if p.Then == (Event{}) {
		return p.First.String()
	}
	return p.First.String() + ", and later at the same node " + p.Then.String()
}

func (e Event) String() string {
	text := cmp.Or(e.Kind, "any action")
	if e.Type != "" {
		text += " " + e.Type
	}
	if e.Node != "" {
		text += " at " + e.Node
	}
	return text
}

// matches reports whether an action is the event.
func (e Event) matches(o Option) bool {
	return e != (Event{}) && o.Node != "" && !o.Missing &&
		(e.Kind == "" || e.Kind == o.Kind) && (e.Type == "" || e.Type == o.Type) && (e.Node == "" || e.Node == o.Node)
}

// In returns the numbers of the actions that match: each action that completes the pattern, with the latest one before it that is its
// first event. For a pattern of one event, both are the same.
func (p Pattern) In(actions []Action) [][2]int {
	found := [][2]int{}
	m := newMatcher(p)
	for i, a := range actions {
		if first, ok := m.next(i, a.Option); ok {
			found = append(found, [2]int{first, i})
		}
	}
	return found
}

// A matcher follows a pattern through an execution.
type matcher struct {
	Pattern
	latest  map[string]int // by node, the latest action that is the first event
	reached bool
}

func newMatcher(p Pattern) *matcher { return &matcher{Pattern: p, latest: make(map[string]int)} }

// next reports whether action i completes the pattern, and which action was the first event.
func (m *matcher) next(i int, o Option) (first int, ok bool) {
	if m.Then == (Event{}) {
		return i, m.First.matches(o)
	}
	if first, ok = m.latest[o.Node]; ok {
		ok = m.Then.matches(o)
	}
	if m.First.matches(o) {
		m.latest[o.Node] = i
	}
	return first, ok
}

// key returns a hash of what decides whether later actions complete the pattern.
func (m *matcher) key() uint64 {
	sum := uint64(0)
	for node := range m.latest {
		sum += hashBytes([]byte(node))
	}
	return sum
}
