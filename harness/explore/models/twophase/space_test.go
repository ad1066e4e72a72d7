package twophase

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore/models/internal/space"
)

type manager struct {
	*Manager
	id string
}

func (m manager) Clone() space.Actor {
	c := *m.Manager
	return manager{&c, m.id}
}

func (m manager) String() string { return m.id + m.State }

func (m manager) Receive(from string, body any) []space.Packet {
	return packets(m.id, m.Manager.Receive(from, body.(Message), 0))
}

func (m manager) Acts() int {
	if m.State == Working {
		return 2
	}
	return 0
}

func (m manager) Act(i int) []space.Packet {
	m.willing = func() bool { return i == 0 }
	return packets(m.id, m.Tick(0))
}

type coordinator struct{ *Coordinator }

func (c coordinator) Clone() space.Actor {
	d := *c.Coordinator
	d.Prepared = slices.Clone(d.Prepared)
	return coordinator{&d}
}

func (c coordinator) String() string {
	text, err := json.Marshal(c.Coordinator)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (c coordinator) Receive(from string, body any) []space.Packet {
	return packets("n0", c.Coordinator.Receive(from, body.(Message), 0))
}

func (c coordinator) Acts() int {
	if c.State == Working {
		return 1
	}
	return 0
}

func (c coordinator) Act(int) []space.Packet { return packets("n0", c.Tick(0)) }

func packets(from string, envelopes []envelope) (out []space.Packet) {
	for _, e := range envelopes {
		out = append(out, space.Send(from, e.Dest, e.Message))
	}
	return out
}

// An enumeration that knows nothing of nodes has as many states as the explorer.
func TestSpace(t *testing.T) {
	for _, managers := range []int{1, 3, 5} {
		s := space.State{Actors: map[string]space.Actor{}}
		var ids []string
		for i := range managers {
			id := fmt.Sprint("n", i+1)
			ids = append(ids, id)
			s.Actors[id] = manager{NewManager("n0", nil), id}
		}
		s.Actors["n0"] = coordinator{NewCoordinator(ids)}
		states, _ := space.Rules{Consume: true}.Explore(s, func(s space.State) {
			var all []*Manager
			for _, id := range ids {
				all = append(all, s.Actors[id].(manager).Manager)
			}
			require.NoError(t, Consistent(all))
		})
		require.Equal(t, counted(managers), states)
	}
}
