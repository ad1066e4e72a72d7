package paxos

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/harness/explore/models/internal/space"
	"glomers/node"
)

var long = flag.Bool("long", false, "run also the explorations that take more than a second")

// The operations of clients 3 to 5, whose servers are n0 to n2, as the explorer and the enumeration know them.
func write(client int) explore.Op {
	return explore.Op{Client: client, F: "write", Value: []int{0, client}}
}

func read(client int) explore.Op {
	return explore.Op{Client: client, F: "read", Value: []any{0, nil}}
}

func enumerated(ops []explore.Op) space.State {
	clients := make(map[string][]space.Op)
	for _, o := range ops {
		id := fmt.Sprint("c", o.Client)
		clients[id] = append(clients[id], space.Op{To: ids[o.Client%3], Write: o.F == "write", Value: o.Client})
	}
	return system(func(m member) space.Actor { return &server{member: m} }, clients)
}

func scope(program func(n *node.Node), ops ...explore.Op) explore.Scope {
	return explore.Scope{
		Program: program, Workload: "lin-kv", Clients: 6, Given: ops, Shown: true,
		Invariant: func(c explore.Cluster) error {
			var all []*Server
			for i := range ids {
				if m, ok := c.Shown(i).(machine); ok {
					all = append(all, m.state())
				}
			}
			return Agreement(all)
		},
	}
}

// The explorer meets as many states as an enumeration that knows nothing of nodes.
func TestEverySchedule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ops    []explore.Op
		lazy   bool
		states int
		long   bool
	}{
		{[]explore.Op{write(3)}, true, 105, false},
		{[]explore.Op{write(3)}, false, 197, false},
		{[]explore.Op{write(3), write(4)}, true, 6_543, true},
		{[]explore.Op{write(3), write(4), read(5)}, true, 38_849, true},
		{[]explore.Op{write(3), write(4)}, false, 78_337, true},
	} {
		t.Run(fmt.Sprint(c.states), func(t *testing.T) {
			if c.long && !*long {
				t.Skip("skipped: needs -long: it takes more than a second")
			}
			s := scope(Register, c.ops...)
			s.Lazy = c.lazy
			r := explore.Explore(t, s)
			require.Equal(t, c.states, r.States)
			states, _ := space.Rules{History: true, Instant: true, Consume: !c.lazy}.Explore(enumerated(c.ops), func(space.State) {})
			require.Equal(t, c.states, states)
		})
	}
}

// A forgetful server breaks its promises: it votes in any ballot.
type forgetful struct{ *Server }

func (f forgetful) Receive(from string, m Message, now time.Duration) []envelope {
	if m.Kind == "accept" {
		f.Ballot = Ballot{}
	}
	return f.Server.Receive(from, m, now)
}

func TestBrokenPromises(t *testing.T) {
	t.Parallel()
	broken := func(n *node.Node) {
		register(n, func() forgetful { return forgetful{NewServer(n.ID(), n.Others())} })
	}
	s := scope(broken, write(3), write(4))
	s.Lazy = true
	explore.Catch(t, s, "paxos: n")
}

// Whatever the order of messages, a write of one client is carried out.
func ExampleRegister() {
	r, err := explore.Run(context.Background(), explore.Scope{
		Program: Register, Workload: "lin-kv", Clients: 6, Shown: true, Lazy: true,
		Given: []explore.Op{{Client: 0, F: "write", Value: []int{0, 1}}},
	})
	fmt.Println(r.States, "states, exhausted:", r.Exhausted, r.Failure, err)
	// Output: 105 states, exhausted: true <nil> <nil>
}
