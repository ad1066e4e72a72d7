package abd

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

// The operations of clients, of which client i has the server i mod 3, as the explorer and the enumeration know them.
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
	return system(3, clients)
}

func scope(program func(n *node.Node), ops ...explore.Op) explore.Scope {
	return explore.Scope{Program: program, Workload: "lin-kv", Clients: 6, Given: ops, Shown: true}
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
		{[]explore.Op{write(3)}, true, 47, false},
		{[]explore.Op{write(3)}, false, 62, false},
		{[]explore.Op{write(3), read(3)}, true, 1_059, false},
		{[]explore.Op{write(3), read(3)}, false, 2_131, true},
		{[]explore.Op{write(3), read(4)}, true, 6_569, true},
		{[]explore.Op{write(3), read(4)}, false, 11_929, true},
		{[]explore.Op{write(3), write(4)}, true, 12_476, true},
		{[]explore.Op{write(3), write(4)}, false, 21_915, true},
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

// A careless server returns what it has read, and does not write it back, not even to itself.
type careless struct{ *Server }

func (c careless) Receive(from string, m Message, now time.Duration) []envelope {
	own, o := c.Version, c.Operation
	out := c.Server.Receive(from, m, now)
	if o == nil || !o.Read || o.States != nil {
		return out
	}
	c.Version, c.Operation = own, nil // the second phase has begun
	o.done(o.Value)
	return nil
}

// Two reads, one after the other: the first returns what a write has brought to one server so far, and the second what was there before.
func TestReadWithoutWriteBack(t *testing.T) {
	t.Parallel()
	if !*long {
		t.Skip("skipped: needs -long: it takes some hundred executions")
	}
	broken := func(n *node.Node) {
		register(n, func() careless { return careless{NewServer(n.ID(), n.Others())} })
	}
	s := scope(broken, write(0), explore.Op{Client: 0, F: "write", Value: []int{0, 1}}, read(1), read(2))
	s.Strategy = explore.PCT(2, 4) // one of few that find it soon: see README.md
	explore.Catch(t, s, "process 2 on n2 read 0")
}

// Whatever the order of messages, a client reads what it has written.
func ExampleRegister() {
	r, err := explore.Run(context.Background(), explore.Scope{
		Program: Register, Workload: "lin-kv", Clients: 6, Shown: true, Lazy: true,
		Given: []explore.Op{{Client: 0, F: "write", Value: []int{0, 1}}, {Client: 0, F: "read", Value: []any{0, nil}}},
	})
	fmt.Println(r.States, "states, exhausted:", r.Exhausted, r.Failure, err)
	// Output: 1059 states, exhausted: true <nil> <nil>
}
