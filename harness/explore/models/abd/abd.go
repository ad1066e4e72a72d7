// Package abd is the replicated register of Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing Systems" (1995), with
// many writers (Lynch and Shvartsman 1997): it is linearizable, and works while a majority of the servers does.
//
// Each server keeps a value with a stamp. Whatever a client asks a server for, that server does in two phases, each with a majority,
// itself included:
//
//	server                      the others
//	   │  query                     │
//	   ├───────────────────────────▶│
//	   │◀───────────────────────────┤  state(stamp, value)
//	   │  record(stamp, value)      │  keep the value, if its stamp is higher than mine
//	   ├───────────────────────────▶│
//	   │◀───────────────────────────┤  recorded
//
// A write records its value with a stamp above all that it saw. A read records what it saw with the highest stamp, before it returns the
// value: without this write-back, a later read could ask another majority, and return the value before.
//
// Nothing is repeated when a message is lost: package abd is a model to explore, not a service to run.
package abd

import (
	"slices"
	"strings"
	"time"

	"glomers/node"
)

// A Stamp orders the writes. The zero Stamp is that of the register before the first write.
type Stamp struct {
	Clock  int    `json:"clock"`
	Writer string `json:"writer,omitempty"`
}

// Less reports whether s is lower than t.
func (s Stamp) Less(t Stamp) bool {
	return s.Clock < t.Clock || s.Clock == t.Clock && strings.Compare(s.Writer, t.Writer) < 0
}

// A Version is a value with its stamp. A nil Value means that nothing has been written.
type Version struct {
	Stamp Stamp `json:"stamp"`
	Value *int  `json:"value,omitempty"`
}

// A Message goes from server to server. Operation is the number of the operation that it belongs to.
type Message struct {
	Kind      string  `json:"kind"` // query, state, record or recorded
	Operation int     `json:"operation"`
	Version   Version `json:"version,omitzero"` // of state and record
}

type envelope = node.Envelope[Message]

// An Operation is what a server does for a client: a write of Value, or a read.
type Operation struct {
	Number   int                `json:"number"`
	Read     bool               `json:"read,omitempty"`
	Value    *int               `json:"value,omitempty"`    // to be written; of a read, what was read, from its second phase on
	States   map[string]Version `json:"states,omitempty"`   // in the first phase: who has answered, and with what
	Recorded []string           `json:"recorded,omitempty"` // in the second phase: who has recorded it, in the order of arrival

	done func(value *int)
}

// A Server is the state of one server. It is a node.Machine. It carries out one operation at a time.
type Server struct {
	Version   Version    `json:"version"`
	Begun     int        `json:"begun"`               // the number of operations so far
	Operation *Operation `json:"operation,omitempty"` // the one under way

	id    string
	peers []string
}

// NewServer returns the server id; peers are the others.
func NewServer(id string, peers []string) *Server { return &Server{id: id, peers: peers} }

// Write begins to write value. There must be no other operation under way. The server calls done when it is complete.
func (s *Server) Write(value int, done func(*int)) []envelope {
	return s.begin(&Operation{Value: &value, done: done})
}

// Read begins to read. There must be no other operation under way. The server calls done with the value, nil if nothing has been
// written.
func (s *Server) Read(done func(value *int)) []envelope {
	return s.begin(&Operation{Read: true, done: done})
}

func (s *Server) begin(o *Operation) []envelope {
	s.Begun++
	o.Number = s.Begun
	o.States = map[string]Version{s.id: s.Version}
	s.Operation = o
	return append(s.broadcast(Message{Kind: "query", Operation: o.Number}), s.progress()...)
}

// Receive takes a message from another server.
func (s *Server) Receive(from string, m Message, _ time.Duration) []envelope {
	o := s.Operation
	current := o != nil && o.Number == m.Operation
	switch {
	case m.Kind == "query":
		return []envelope{{Dest: from, Message: Message{Kind: "state", Operation: m.Operation, Version: s.Version}}}
	case m.Kind == "record":
		s.keep(m.Version)
		return []envelope{{Dest: from, Message: Message{Kind: "recorded", Operation: m.Operation}}}
	case m.Kind == "state" && current && o.States != nil:
		o.States[from] = m.Version
		return s.progress()
	case m.Kind == "recorded" && current && o.States == nil && !slices.Contains(o.Recorded, from):
		o.Recorded = append(o.Recorded, from)
		return s.progress()
	}
	return nil // an answer that came after those of a majority
}

// progress goes on with the operation when a majority has answered.
func (s *Server) progress() (out []envelope) {
	o := s.Operation
	if len(o.States) >= s.majority() {
		v := newest(o.States)
		if o.Read {
			o.Value = v.Value
		} else {
			v = Version{Stamp{v.Stamp.Clock + 1, s.id}, o.Value}
		}
		o.States, o.Recorded = nil, []string{s.id}
		s.keep(v)
		out = s.broadcast(Message{Kind: "record", Operation: o.Number, Version: v})
	}
	if len(o.Recorded) >= s.majority() {
		s.Operation = nil
		o.done(o.Value)
	}
	return out
}

// newest returns the version with the highest stamp.
func newest(versions map[string]Version) (n Version) {
	for _, v := range versions {
		if n.Stamp.Less(v.Stamp) {
			n = v
		}
	}
	return n
}

// keep replaces the server's version by a newer one.
func (s *Server) keep(v Version) {
	if s.Version.Stamp.Less(v.Stamp) {
		s.Version = v
	}
}

func (s *Server) majority() int { return (len(s.peers)+1)/2 + 1 }

func (s *Server) broadcast(m Message) []envelope {
	var out []envelope
	for _, id := range s.peers {
		out = append(out, envelope{Dest: id, Message: m})
	}
	return out
}

// Tick does nothing: a server has no timers.
func (s *Server) Tick(time.Duration) []envelope { return nil }

// Next returns Never.
func (s *Server) Next() time.Duration { return node.Never }
