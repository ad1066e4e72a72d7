package paxos

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore/models/internal/space"
	"glomers/node"
)

var ids = []string{"n0", "n1", "n2"}

// A member is a Server as an actor.
type member struct{ *Server }

func (m member) clone() member {
	s := *m.Server
	s.Promises, s.Accepts = maps.Clone(s.Promises), slices.Clone(s.Accepts)
	return member{&s}
}

func (m member) String() string {
	text, err := json.Marshal(m.Server)
	if err != nil {
		panic(err)
	}
	return m.id + string(text)
}

func (m member) packets(envelopes []envelope) (out []space.Packet) {
	for _, e := range envelopes {
		out = append(out, space.Send(m.id, e.Dest, e.Message))
	}
	return out
}

// An actor treats clients as in stateright's example: the server that finds a value chosen tells the client that proposed it, and requests
// that cannot be answered yet wait on their way.
type actor struct{ member }

func (a actor) Clone() space.Actor { return actor{a.clone()} }

func (a actor) Receive(from string, body any) (out []space.Packet) {
	switch m := body.(type) {
	case space.Request:
		if m.Write {
			out = a.packets(a.Propose(m.Value))
		} else if a.Decided {
			out = append(out, space.Send(a.id, from, space.Reply{ID: m.ID, Value: &a.Vote.Value}))
		}
	case Message:
		before := a.Decided
		out = a.packets(a.Server.Receive(from, m, 0))
		if a.Decided && !before && m.Kind == "accepted" {
			client := map[int]string{3: "c3", 4: "c4"}[a.Vote.Value]
			out = append(out, space.Send(a.id, client, space.Reply{ID: a.Vote.Value}))
		}
	}
	return out
}

// A server treats clients as the node does.
type server struct {
	member
	waiting []space.Packet // writes
}

func (s server) Clone() space.Actor { return &server{s.clone(), slices.Clone(s.waiting)} }

func (s *server) Receive(from string, body any) (out []space.Packet) {
	switch m := body.(type) {
	case space.Request:
		switch {
		case m.Write:
			s.waiting = append(s.waiting, space.Send(from, s.id, m))
			out = s.packets(s.Propose(m.Value))
		case s.Decided:
			out = append(out, space.Send(s.id, from, space.Reply{ID: m.ID, Value: &s.Vote.Value}))
		default:
			out = append(out, space.Send(s.id, from, space.Reply{ID: m.ID, Error: node.TemporarilyUnavailable}))
		}
	case Message:
		out = s.packets(s.Server.Receive(from, m, 0))
	}
	if s.Decided {
		for _, w := range s.waiting {
			m := w.Body.(space.Request)
			r := space.Reply{ID: m.ID}
			if m.Value != s.Vote.Value {
				r.Error = node.PreconditionFailed
			}
			out = append(out, space.Send(s.id, w.From, r))
		}
		s.waiting = nil
	}
	return out
}

func system(wrap func(member) space.Actor, clients map[string][]space.Op) space.State {
	s := space.State{Actors: map[string]space.Actor{}}
	for i, id := range ids {
		s.Actors[id] = wrap(member{NewServer(id, slices.Delete(slices.Clone(ids), i, i+1))})
	}
	for id, ops := range clients {
		s.Actors[id] = &space.Client{ID: id, Base: int(id[1] - '0'), Ops: ops}
	}
	return s
}

// The algorithm has the same states as in stateright, under its rules. Histories of clients do not tell more states apart.
func TestSpaceOfStateright(t *testing.T) {
	clients := map[string][]space.Op{
		"c3": {{To: "n0", Write: true, Value: 3}, {To: "n1"}},
		"c4": {{To: "n1", Write: true, Value: 4}, {To: "n2"}},
	}
	wrap := func(m member) space.Actor { return actor{m} }
	for _, history := range []bool{false, true} {
		if history && !*long {
			continue
		}
		states, transitions := space.Rules{History: history}.Explore(system(wrap, clients), func(space.State) {})
		require.Equal(t, []int{16_668, 32_971}, []int{states, transitions + 1})
	}
	delete(clients, "c4")
	states, transitions := space.Rules{History: true}.Explore(system(wrap, clients), func(space.State) {})
	require.Equal(t, []int{265, 482}, []int{states, transitions + 1})
}
