// Package space counts the states of a few actors that exchange messages, by breadth-first search, with the rules of stateright's
// ActorModel on an unordered network that does not duplicate. It knows nothing of nodes, JSON or the explorer, so that it can tell whether
// they are right.
package space

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Actor is a member of the system. Its String is its whole state.
type Actor interface {
	fmt.Stringer
	Clone() Actor
	Receive(from string, body any) []Packet
}

// Restless is an Actor that can also act on its own.
type Restless interface {
	Actor
	Acts() int // how many things it may do now
	Act(i int) []Packet
}

// A Packet is a message under way.
type Packet struct {
	From, To string
	Body     any
	text     string
}

// Send returns a message. encoding/json must encode body.
func Send(from, to string, body any) Packet {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // only tests send
	}
	return Packet{from, to, body, from + ">" + to + " " + string(text)}
}

// Rules say which states are told apart, and what leads from one to another.
type Rules struct {
	Ordered bool // only the oldest message from one actor to another can be delivered
	Consume bool // a message that changes nothing is consumed as others are; otherwise it stays under way, to be delivered later
	History bool // states with different histories of the clients are different
	Instant bool // requests and replies take no time; otherwise they are messages as others are, and a client's next operation takes none
}

// A State is one of the system.
type State struct {
	Actors map[string]Actor
	Flying []Packet // in the order of sending

	texts map[string]string // of the actors
}

// Explore calls visit with each state that can be reached, and returns how many there are, and how many transitions lead to them.
func (r Rules) Explore(first State, visit func(State)) (states, transitions int) {
	first.texts = make(map[string]string)
	for id, a := range first.Actors {
		first.texts[id] = a.String()
	}
	r.settle(&first)
	seen := map[string]bool{r.key(first): true}
	for queue := []State{first}; len(queue) > 0; queue = queue[1:] {
		visit(queue[0])
		for _, next := range r.successors(queue[0]) {
			r.settle(&next)
			transitions++
			if key := r.key(next); !seen[key] {
				seen[key] = true
				queue = append(queue, next)
			}
		}
	}
	return len(seen), transitions
}

func (r Rules) successors(s State) (all []State) {
	for i := range s.Flying {
		if next, ok := r.deliver(s, i); ok {
			all = append(all, next)
		}
	}
	for id, a := range s.Actors {
		if restless, ok := a.(Restless); ok {
			for i := range restless.Acts() {
				all = append(all, r.act(s, id, i))
			}
		}
	}
	return all
}

// deliver returns the state after the delivery of message i.
func (r Rules) deliver(s State, i int) (State, bool) {
	p := s.Flying[i]
	for _, earlier := range s.Flying[:i] {
		if earlier.From == p.From && earlier.To == p.To && (r.Ordered || earlier.text == p.text) {
			return State{}, false
		}
	}
	a := s.Actors[p.To].Clone()
	out := a.Receive(p.From, p.Body)
	if !r.Consume && len(out) == 0 && a.String() == s.texts[p.To] {
		return State{}, false
	}
	return s.with(p.To, a, slices.Concat(s.Flying[:i], s.Flying[i+1:], out)), true
}

// act returns the state after the act i of an actor.
func (r Rules) act(s State, id string, i int) State {
	a := s.Actors[id].Clone()
	out := a.(Restless).Act(i)
	if c, ok := a.(*Client); ok && r.History {
		c.remember(s)
	}
	return s.with(id, a, slices.Concat(s.Flying, out))
}

// with returns s with another state of an actor and other messages under way.
func (s State) with(id string, a Actor, flying []Packet) State {
	next := State{maps.Clone(s.Actors), flying, maps.Clone(s.texts)}
	next.Actors[id], next.texts[id] = a, a.String()
	return next
}

// settle does what takes no time.
func (r Rules) settle(s *State) {
	for !r.Instant {
		id := ""
		for _, i := range slices.Sorted(maps.Keys(s.Actors)) {
			if c, ok := s.Actors[i].(*Client); ok && c.Acts() > 0 {
				id = i
			}
		}
		if id == "" {
			return
		}
		*s = r.act(*s, id, 0)
	}
	for i := 0; i < len(s.Flying); i++ {
		p := s.Flying[i]
		_, from := s.Actors[p.From].(*Client)
		_, to := s.Actors[p.To].(*Client)
		if from || to {
			a := s.Actors[p.To].Clone()
			out := a.Receive(p.From, p.Body)
			*s = s.with(p.To, a, slices.Concat(s.Flying[:i], s.Flying[i+1:], out))
			i = -1
		}
	}
}

func (r Rules) key(s State) string {
	var parts []string
	for _, p := range s.Flying {
		parts = append(parts, p.text)
	}
	if r.Ordered { // of a link; links are apart
		slices.SortStableFunc(parts, func(a, b string) int { return strings.Compare(link(a), link(b)) })
	} else {
		slices.Sort(parts)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Actors)) {
		parts = append(parts, s.texts[id])
	}
	return strings.Join(parts, "\n")
}

func link(text string) string {
	l, _, _ := strings.Cut(text, " ")
	return l
}
