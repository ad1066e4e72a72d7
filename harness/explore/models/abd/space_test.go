package abd

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore/models/internal/space"
)

// An actor is a Server. Its operations have the numbers of requests, and requests to a busy server wait on their way.
type actor struct {
	*Server
	client string // that the operation is for
}

func (a *actor) Clone() space.Actor {
	s := *a.Server
	if o := s.Operation; o != nil {
		c := *o
		c.States, c.Recorded = maps.Clone(c.States), slices.Clone(c.Recorded)
		s.Operation = &c
	}
	return &actor{&s, a.client}
}

func (a *actor) String() string {
	text, err := json.Marshal(a.Server)
	if err != nil {
		panic(err)
	}
	return a.id + string(text)
}

func (a *actor) Receive(from string, body any) (out []space.Packet) {
	var es []envelope
	switch m := body.(type) {
	case space.Request:
		if a.Operation != nil {
			return nil
		}
		a.client = from
		a.Begun = m.ID - 1
		if m.Write {
			es = a.Write(m.Value, nil)
		} else {
			es = a.Read(nil)
		}
		a.Begun = 0
	case Message:
		if o := a.Operation; o != nil {
			o.done = func(value *int) {
				r := space.Reply{ID: o.Number}
				if o.Read {
					r.Value = value
				}
				out = append(out, space.Send(a.id, a.client, r))
			}
		}
		es = a.Server.Receive(from, m, 0)
	}
	for _, e := range es {
		out = append(out, space.Send(a.id, e.Dest, e.Message))
	}
	return out
}

var ids = []string{"n0", "n1", "n2"}

// system returns the first servers of ids, with clients.
func system(servers int, clients map[string][]space.Op) space.State {
	s := space.State{Actors: map[string]space.Actor{}}
	for i, id := range ids[:servers] {
		s.Actors[id] = &actor{Server: NewServer(id, slices.Delete(slices.Clone(ids[:servers]), i, i+1))}
	}
	for id, ops := range clients {
		s.Actors[id] = &space.Client{ID: id, Base: int(id[1] - '0'), Ops: ops}
	}
	return s
}

// The algorithm has the same states as in stateright, under its rules: each client writes to one server, and then reads from the next.
// The stamps of servers differ from the beginning there.
func TestSpaceOfStateright(t *testing.T) {
	for _, c := range []struct {
		servers, clients    int
		rules               space.Rules
		states, transitions int
		long                bool
	}{
		{2, 2, space.Rules{History: true}, 544, 875, false},
		{3, 1, space.Rules{History: true}, 1_449, 3_728, false},
		{3, 1, space.Rules{History: true, Ordered: true, Consume: true}, 559, 1_486, false},
		{3, 2, space.Rules{Ordered: true, Consume: true}, 654_310, 2_599_232, true}, // with histories: 1,212,979 and 4,730,934
	} {
		if c.long && !*long {
			continue
		}
		clients := make(map[string][]space.Op)
		for i := range c.clients {
			n := c.servers + i
			clients[fmt.Sprint("c", n)] = []space.Op{{To: ids[n%c.servers], Write: true, Value: n}, {To: ids[(n+1)%c.servers]}}
		}
		s := system(c.servers, clients)
		for _, id := range ids[:c.servers] {
			s.Actors[id].(*actor).Version.Stamp.Writer = id
		}
		states, transitions := c.rules.Explore(s, func(space.State) {})
		require.Equal(t, []int{c.states, c.transitions}, []int{states, transitions + 1})
	}
}
