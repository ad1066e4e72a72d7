package explore

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

type echo struct {
	Echo any `json:"echo"`
}

// Nodes that cannot be explored are named as such.
func TestUnrulyNodes(t *testing.T) {
	t.Parallel()
	for problem, program := range map[string]func(n *node.Node){
		"the nodes are not deterministic. The same execution, carried out again, differed in action 0": func(n *node.Node) {
			node.HandleRPC(n, "echo", func(_ context.Context, e map[string]any) (map[string]any, error) {
				many := make(map[int]bool)
				for i := range 100 {
					many[i] = true
				}
				for first := range many {
					return e, node.Notify(n, "n0", "hello", map[string]int{"first": first})
				}
				return e, nil
			})
			node.Receive(n, "hello", func(context.Context, map[string]any) {})
		},
		"messages go on and on: 1001 were delivered": func(n *node.Node) {
			n.OnInit(func(context.Context) error { return node.Notify(n, n.ID(), "again", struct{}{}) })
			node.Receive(n, "again", func(context.Context, struct{}) { _ = node.Notify(n, n.ID(), "again", struct{}{}) })
		},
		"timers of n0 that are due at once go on and on: 1000 have fired at 0s of its clock": func(n *node.Node) {
			var again func(context.Context)
			again = func(context.Context) { n.Go(again) }
			n.Go(again)
		},
		`n0 sends a message to "n9", which is no party`: func(n *node.Node) {
			n.OnInit(func(context.Context) error { return node.Notify(n, "n9", "hello", struct{}{}) })
		},
		"n0 answers init with": func(n *node.Node) {
			n.OnInit(func(context.Context) error { return node.NewRPCError(node.Abort, "no") })
		},
		"n0 does not answer init": func(n *node.Node) {
			n.OnInit(func(ctx context.Context) error { return n.Wait(ctx, func() bool { return false }) })
		},
		"the scope is Shown, but n0 does not show its state: it does not call Node.Show": func(*node.Node) {},
	} {
		t.Run(problem, func(t *testing.T) {
			t.Parallel()
			_, err := Run(context.Background(), Scope{Program: program, Workload: "echo", Shown: true, Given: []Op{{0, "echo", 1}}})
			require.ErrorContains(t, err, problem)
		})
	}
}

// A node is explored by what it shows: two states that look the same are the same.
func TestShown(t *testing.T) {
	t.Parallel()
	scope := Scope{Workload: "echo", Given: []Op{{0, "echo", 1}, {1, "echo", 1}, {2, "echo", 1}}, Program: func(n *node.Node) {
		heard := 0
		n.Show(func() any { return heard })
		node.HandleRPC(n, "echo", func(_ context.Context, e echo) (echo, error) {
			return e, node.Notify(n, "n0", "hello", map[string]string{"from": n.ID()})
		})
		node.Receive(n, "hello", func(context.Context, map[string]string) { heard++ })
	}}
	r, err := Run(context.Background(), scope)
	require.NoError(t, err)
	require.True(t, r.Exhausted, "%v", r)
	scope.Shown = true
	shown, err := Run(context.Background(), scope)
	require.NoError(t, err)
	require.True(t, shown.Exhausted, "%v", shown)
	require.Less(t, shown.States, r.States)
	t.Log(r, shown)
}

// What a node declares is watched: an Always that fails ends the exploration, and a Sometimes that never comes is told.
func TestProperties(t *testing.T) {
	t.Parallel()
	scope := Scope{Workload: "echo", Given: []Op{{0, "echo", 1}, {1, "echo", 2}}, Program: func(n *node.Node) {
		overtaken, alone := node.Sometimes(n, "the second comes first"), node.Sometimes(n, "nobody else")
		once, size := node.Always(n, "n1 comes first"), node.Extremes(n, "heard")
		heard := []string{}
		node.HandleRPC(n, "echo", func(_ context.Context, e echo) (echo, error) {
			return e, node.Notify(n, "n2", "hello", map[string]string{"from": n.ID()})
		})
		node.Receive(n, "hello", func(_ context.Context, m map[string]string) {
			heard = append(heard, m["from"])
			size.See(float64(len(heard)))
			overtaken.Check(heard[0] == "n1")
			alone.Check(false)
			once.Check(len(heard) < 2 || heard[0] != "n1")
		})
	}}
	r, err := Run(context.Background(), scope)
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	require.Contains(t, r.Failure.Reasons[0], `n2: always "n1 comes first" does not hold`)
	require.Contains(t, r.String(), `never came: sometimes "nobody else"`)
	require.Len(t, r.Properties, 4)
	heard := r.Properties[1]
	require.Equal(t, "extremes heard 1", fmt.Sprint(heard.Kind, " ", heard.Name, " ", heard.Low))
	require.Positive(t, heard.Executions)
}

// Faults have ended, but the nodes wait for each other for ever: at least one operation must be answered. Where the state is shown, the
// circle is.
func TestLiveness(t *testing.T) {
	t.Parallel()
	scope := Scope{Workload: "echo", Given: []Op{{0, "echo", 1}}, Losses: 1, Shown: true, Program: func(n *node.Node) {
		token := false // it is lost once, and nobody makes a new one
		n.Show(func() any { return token })
		n.OnInit(func(context.Context) error { token = n.Index() == 0; return nil })
		n.Every(time.Second, func(context.Context) {})
		node.Receive(n, "token", func(context.Context, struct{}) { token = true })
		node.HandleRPC(n, "echo", func(ctx context.Context, e echo) (echo, error) {
			if err := n.Wait(ctx, func() bool { return token }); err != nil {
				return e, err
			}
			token = false
			return e, node.Notify(n, n.Others()[0], "token", struct{}{})
		})
	}}
	r, err := Run(context.Background(), scope)
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	require.Contains(t, r.Failure.Reasons[0], "none of the 3 operations after the recovery was answered")
	require.Regexp(t, `the nodes go round in circles: from \S+ of the last phase on, the same state comes again after every \d+ actions`, r.Failure.Reasons[0])
}

// A minority that stays down is missed by nodes that wait for all.
func TestMinority(t *testing.T) {
	t.Parallel()
	scope := Scope{Workload: "echo", Given: []Op{{0, "echo", 1}}, Kills: 1, Program: func(n *node.Node) {
		node.HandleRPC(n, "echo", func(ctx context.Context, e echo) (echo, error) {
			for _, to := range n.Others() {
				if _, err := node.Call[struct{}](ctx, n, to, "hello", struct{}{}, node.WithTimeout(time.Minute)); err != nil {
					return e, err
				}
			}
			return e, nil
		})
		node.HandleRPC(n, "hello", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	}}
	require.Nil(t, Explore(t, scope).Failure)
	scope.Minority = true
	Catch(t, scope, "none of the 3 operations after the recovery was answered")
}
