package explore

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// journal appends each number that it is given to a store. It shows none of them but those that the store had when its life began.
func journal(n *node.Node) {
	var before []byte
	n.Show(func() any { return before })
	s := node.OpenStore(n, "")
	n.OnInit(func(context.Context) error {
		keep := func(b []byte) error { before = append(before, b...); return nil }
		return s.Replay(keep, keep)
	})
	node.HandleRPC(n, "echo", func(ctx context.Context, e echo) (echo, error) {
		if v, ok := e.Echo.(float64); ok {
			s.Append([]byte{byte(v)})
			return e, s.Sync(ctx)
		}
		return e, nil
	})
}

// States are told apart by what is being written, and by what waits for the disk, also if nodes do not show it.
func TestWhatIsBeingWrittenIsAState(t *testing.T) {
	t.Parallel()
	one := Scope{Program: journal, Workload: "echo", Nodes: 1, Clients: 3, Given: []Op{{0, "echo", 1}, {1, "echo", 2}, {2, "echo", 3}}}
	two := Scope{Program: journal, Workload: "echo", Nodes: 2, Clients: 2, Given: []Op{{0, "echo", 1}, {1, "echo", 2}, {0, "echo", 3}}}
	for _, s := range []Scope{one, two} {
		for _, shown := range []bool{false, true} {
			s.Shown, s.Strategy = shown, nil
			require.True(t, requireTruth(t, s))
			for k := range 4 {
				s.Strategy = Delays(k)
				require.True(t, requireTruth(t, s))
			}
		}
	}
}

// A disk has written before an operation begins; a kill before that has two outcomes. Start reads what there is.
func TestSync(t *testing.T) {
	t.Parallel()
	s := Scope{Program: journal, Workload: "echo", Nodes: 1, Clients: 2, Kills: 1, Given: []Op{{0, "echo", 1}, {1, "echo", 2}}}
	v, err := Look(s, nil, 1)
	require.NoError(t, err)
	texts := func(v View) (all []string) {
		for _, o := range v.Options {
			all = append(all, o.Text)
		}
		return all
	}
	require.Equal(t, []string{
		"n0's disk has written", "client c1 asks n0: echo 2", "kill n0, before its disk has written", "kill n0, after its disk has written",
	}, texts(v))
	require.Equal(t, "sync", v.Options[0].Kind)
	require.Equal(t, "n0", v.Options[0].Node)
	require.Equal(t, []bool{false, false, true, true}, []bool{v.Options[0].Fault, v.Options[1].Fault, v.Options[2].Fault, v.Options[3].Fault})
	require.Equal(t, "0 bytes; a file of 32 bytes is being written in place of it", v.Now.Nodes[0].Disk)
	for kill, disk := range map[int]string{2: "0 bytes", 3: "32 bytes"} {
		v, err = Look(s, []int{0, kill, 0}, 3)
		require.NoError(t, err)
		require.Equal(t, "start n0", v.Actions[2].Text)
		require.Equal(t, disk, v.Now.Nodes[0].Disk)
		require.Equal(t, kill == 3, v.Now.Nodes[0].Shows == `"AQ=="`, v.Now.Nodes[0].Shows)
	}
	v, err = Look(s, []int{0, 0, 0}, 3)
	require.NoError(t, err)
	require.Equal(t, "32 bytes; 16 bytes more are being written", v.Now.Nodes[0].Disk)
	require.Equal(t, "echo 2", v.Now.Clients[1].Asks)

	s.Kills = 0
	v, err = Look(s, nil, 1)
	require.NoError(t, err)
	require.Contains(t, texts(v), "kill n0, after its disk has written", "beyond the scope")
	r, err := Reach(t.Context(), s, Pattern{First: Event{Kind: "sync", Node: "n0"}}, time.Minute)
	require.NoError(t, err)
	require.True(t, r.Found)
}

// A node may write before it answers init: at the beginning that ends in order, and after a kill the node can be killed again meanwhile.
func TestWriteOfInit(t *testing.T) {
	t.Parallel()
	program := func(n *node.Node) {
		lives := 0
		s := node.OpenStore(n, "")
		n.OnInit(func(ctx context.Context) error {
			if err := s.Replay(nil, func([]byte) error { lives++; return nil }); err != nil {
				return err
			}
			s.Append([]byte("x"))
			return s.Sync(ctx)
		})
		node.HandleRPC(n, "generate", func(context.Context, struct{}) (map[string]int, error) { return map[string]int{"id": lives}, nil })
	}
	s := Scope{Program: program, Workload: "unique-ids", Nodes: 1, Kills: 2, Given: []Op{{0, "generate", nil}}, Warmup: time.Second}
	e, err := Replay(s, []int{1, 0, 2, 0})
	require.NoError(t, err)
	var texts []string
	for _, step := range e.Steps[:5] {
		texts = append(texts, step.Text)
	}
	require.Equal(t, []string{"kill n0", "start n0", "kill n0, after its disk has written", "start n0", "n0's disk has written"}, texts)
	require.Contains(t, e.Steps[5].Text, "client c0 asks n0")
	require.Equal(t, `2`, string(e.History[1].Value))
	require.True(t, slices.ContainsFunc(e.Steps, func(s Step) bool { return s.Kind == Final }))
}

// A node that cannot begin with its disk ends the exploration, as does a store where nodes change places.
func TestStoresThatCannotBeExplored(t *testing.T) {
	t.Parallel()
	program := func(n *node.Node) {
		s := node.OpenStore(n, "")
		n.OnInit(func(context.Context) error { return s.Replay(nil, func([]byte) error { return errors.New("too old") }) })
		node.HandleRPC(n, "echo", func(ctx context.Context, e echo) (echo, error) {
			s.Append([]byte("x"))
			return e, s.Sync(ctx)
		})
	}
	_, err := Run(t.Context(), Scope{Program: program, Workload: "echo", Nodes: 1, Kills: 1, Given: []Op{{0, "echo", 1}}})
	var at *ExecutionError
	require.ErrorAs(t, err, &at)
	require.ErrorContains(t, err, "explore: n0, started again after a kill, answers init with ")
	require.ErrorContains(t, err, "record 1 of 1 in the store: too old")

	s := Scope{Program: journal, Workload: "echo", Shown: true, Alike: []int{1, 2}, Given: []Op{{0, "echo", 1}}}
	_, err = Run(t.Context(), s)
	require.ErrorContains(t, err, "explore: the scope has nodes that are Alike, but n0 has a store, in whose file nodes cannot change places")
}
