package explore

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore/models/twophase"
	"glomers/node"
)

func commits(managers int) Scope {
	return Scope{
		Program: twophase.Register, Kind: twophase.Kind(), Nodes: managers + 1, Given: []Op{}, Shown: true, Ticks: Unlimited, Rolls: 3,
	}
}

// Unlimited ticks are no part of a state, and an action has the same id however many there were.
func TestUnlimitedTicks(t *testing.T) {
	all, _ := states(t, commits(2), &everything{})
	some, r := states(t, commits(2), &exhaustive{})
	require.Equal(t, all, some)
	require.Len(t, all, 4*4+6*6+2*2) // see twophase/README.md
	require.Nil(t, r.Failure)
}

// With Rolls, the options of a timer are its series of random numbers, and the decisions repeat them.
func TestRolls(t *testing.T) {
	t.Parallel()
	die := 0
	s := commits(0)
	s.Nodes, s.Rolls = 1, 50
	s.Program = func(n *node.Node) {
		thrown := 0
		n.OnInit(func(context.Context) error {
			n.After(time.Second, func(context.Context) { thrown = n.Rand().IntN(6) + 1 })
			return nil
		})
		n.Show(func() any { return thrown })
		node.HandleRPC(n, "outcome", func(context.Context, struct{}) (map[string]string, error) {
			return map[string]string{"state": twophase.Working}, nil
		})
	}
	seen := map[int]bool{}
	s.Invariant = func(c Cluster) error {
		seen[c.Shown(0).(int)] = true
		if c.Shown(0).(int) == die {
			return fmt.Errorf("a %d was thrown", die)
		}
		return nil
	}
	r, err := Run(t.Context(), s)
	require.NoError(t, err)
	require.True(t, r.Exhausted)
	require.Equal(t, 1+6, r.States)
	require.Len(t, seen, 6)

	die = 5
	r, err = Run(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, []string{"a 5 was thrown"}, r.Failure.Reasons)
	e, err := Replay(s, r.Failure.Decisions)
	require.NoError(t, err)
	require.Equal(t, r.Failure.Reasons, e.Reasons)
	require.Contains(t, e.Steps[0].Text, "timer of n0 at 1s of its clock, with random numbers ")
}

// greatest is a node that keeps the greatest number that it has heard of.
func greatest(n *node.Node) {
	type number struct{ N int }
	var most number
	n.Show(func() any { return most })
	node.Receive(n, "number", func(_ context.Context, m number) {
		if m.N > most.N {
			most = m
			for _, id := range n.Others() {
				_ = node.Notify(n, id, "number", m) // an error would be that of the harness
			}
		}
	})
	node.HandleRPC(n, "echo", func(_ context.Context, e map[string]any) (map[string]any, error) {
		if i, ok := e["echo"].(float64); ok { // the final operations have texts
			_ = node.Notify(n, n.ID(), "number", number{int(i)})
		}
		return map[string]any{"echo": e["echo"]}, nil
	})
}

// A message that would change nothing stays under way, until it would change something. That leaves states out in which it has been
// consumed, and no value of the node.
func TestLazy(t *testing.T) {
	t.Parallel()
	s := Scope{Program: greatest, Workload: "echo", Nodes: 2, Given: []Op{{0, "echo", 1}, {1, "echo", 2}}, Shown: true}
	values := func(s Scope) (map[string]bool, Report) {
		seen := map[string]bool{}
		s.Invariant = func(c Cluster) error {
			seen[fmt.Sprint(c.Shown(0), c.Shown(1))] = true
			return nil
		}
		_, r := states(t, s, &exhaustive{})
		require.Nil(t, r.Failure)
		return seen, r
	}
	all, eager := values(s)
	s.Lazy = true
	some, lazy := values(s)
	require.Equal(t, all, some)
	require.Less(t, lazy.States, eager.States)
	require.Positive(t, lazy.Executions)
	naive, _ := states(t, s, &everything{})
	reduced, _ := states(t, s, &exhaustive{})
	require.Equal(t, naive, reduced)

	s.Shown = false
	_, err := Run(t.Context(), s)
	require.EqualError(t, err, "explore: Lazy needs Shown")
}

// Nodes that are alike may change places: of 4ⁿ + 2ⁿ + 6ⁿ states of two-phase commit, as many are left as there are ways to put n managers into
// 4, 2 and 6 classes. They are the classes into which the states fall that are met without it.
func TestAlike(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{1: 12, 2: 10 + 3 + 21, 3: 20 + 4 + 56, 4: 35 + 5 + 126} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := commits(n)
			for i := range n {
				s.Alike = append(s.Alike, i+1)
			}
			r, err := Run(context.Background(), s)
			require.NoError(t, err)
			require.Nil(t, r.Failure)
			require.True(t, r.Exhausted)
			require.Equal(t, want, r.States)
		})
	}
}

// What is met with Alike is, for every kind of fault, what is met without it, up to an exchange of nodes.
func TestAlikeMeetsEveryClass(t *testing.T) {
	t.Parallel()
	for i, s := range []Scope{{Losses: 1}, {Duplicates: 1}, {Cuts: 1}, {Kills: 1}} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			scope := commits(2)
			scope.Losses, scope.Duplicates, scope.Cuts, scope.Kills = s.Losses, s.Duplicates, s.Cuts, s.Kills
			scope.Minority = s.Kills > 0
			all, _ := states(t, scope, &exhaustive{}, 1, 2)
			scope.Alike = []int{1, 2}
			classes, _ := states(t, scope, unslept{}, 1, 2)
			require.Equal(t, all, classes)
			t.Log(len(all), "classes")
		})
	}
}

func TestAlikeErrors(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(s *Scope){
		"Alike is [1 1]: want different numbers from 0 to 2": func(s *Scope) { s.Alike = []int{1, 1} },
		"Alike is [3]: want":                 func(s *Scope) { s.Alike = []int{3} },
		"Alike is for scopes that are Shown": func(s *Scope) { s.Shown = false },
		"and explored by Exhaustive":         func(s *Scope) { s.Strategy = Delays(1) },
		"client 1 has operations for node 1, so this is not like the others of Alike": func(s *Scope) { s.Given = []Op{{1, "outcome", nil}} },
		"Alike has 8 nodes: want at most 7":                                           func(s *Scope) { s.Nodes, s.Alike = 9, []int{1, 2, 3, 4, 5, 6, 7, 8} },
	} {
		s := commits(2)
		s.Alike = []int{1, 2}
		change(&s)
		_, err := Run(context.Background(), s)
		require.ErrorContains(t, err, want)
	}
}
