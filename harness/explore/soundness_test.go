package explore

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/node"
)

// everything is a pruner that leaves nothing out.
type everything struct{ exhaustive }

func (*everything) expand(_ *world, f *frame, _ []uint64, _ bool, options []option, _ int) []uint64 {
	for k, o := range options {
		f.todo = append(f.todo, branch{k: k, id: o.id})
	}
	return nil
}

func (*everything) asleep(*frame) []slept { return nil }

// A witness notes the states that another pruner is asked about, whichever messages may still be lost or doubled there: by the time
// that an action is left out, that may have been decided earlier.
type witness struct {
	pruner
	key func(w *world) uint64
	met map[uint64]bool
}

func (v *witness) expand(w *world, f *frame, before []uint64, again bool, options []option, ready int) []uint64 {
	if ready > 0 && options[0].kind == Pick {
		return v.pruner.expand(w, f, before, again, options, ready) // in the course of an action that may be left out
	}
	fresh := make(map[*message]bool)
	for _, m := range w.bag {
		fresh[m], m.fresh = m.fresh, false
	}
	v.met[v.key(w)] = true
	for m, was := range fresh {
		m.fresh = was
	}
	return v.pruner.expand(w, f, before, again, options, ready)
}

// states returns the states that a search meets; if nodes are alike, the classes of states that differ only by an exchange of these.
func states(t *testing.T, s Scope, by pruner, alike ...int) (met map[uint64]bool, r Report) {
	t.Helper()
	p, err := newPlan(s)
	require.NoError(t, err)
	defer p.crew.dismiss()
	x := &explorer{plan: p, ctx: context.Background(), report: Report{began: time.Now()}}
	met = make(map[uint64]bool)
	key := (*world).key
	if len(alike) > 0 {
		before := p.Alike
		p.Alike = alike
		p.order, p.Alike = p.orders(), before
		key = (*world).keyOfAlike
	}
	d := depthFirst{explorer: x, pruner: &witness{by, key, met}, visited: make(map[uint64][]uint64)}
	d.run(func(*world) {})
	require.NoError(t, x.report.Err)
	require.True(t, x.report.Exhausted, x.report.Why)
	return met, x.report
}

// Sleep sets leave no state out: the search meets all that a search without them, and without a memory of states, meets.
func TestSleepSetsMeetEveryState(t *testing.T) {
	t.Parallel()
	ops := []Op{{0, "broadcast", 1}, {1, "broadcast", 2}, {1, "read", nil}}
	for i, s := range []Scope{
		{Program: baselines.Flooding, Workload: "broadcast", Nodes: 2, Given: ops},
		{Program: baselines.Flooding, Workload: "broadcast", Nodes: 2, Given: ops[:1], Losses: 1, Ticks: 1},
		{Program: baselines.Flooding, Workload: "broadcast", Nodes: 2, Given: ops[:2], Duplicates: 1},
		{Program: relay, Workload: "echo", Nodes: 2, Given: []Op{{0, "echo", "a"}}, Kills: 1},
		{Program: baselines.Flooding, Workload: "broadcast", Nodes: 3, Given: ops[:1], Cuts: 1},
		{Program: baselines.Gossip, Workload: "broadcast", Nodes: 3, Given: ops[:1], Ticks: 1},
		{Program: baselines.Gossip, Workload: "broadcast", Nodes: 2, Given: ops[:1], Ticks: 2, Clocks: []float64{1, 2}},
		{Program: baselines.OracleIDs, Workload: "unique-ids", Given: []Op{{0, "generate", nil}, {1, "generate", nil}}},
		{Program: baselines.CASCounter, Workload: "g-counter", Nodes: 2, Given: []Op{{0, "read", nil}, {1, "read", nil}}},
		{Program: relay, Workload: "echo", Given: []Op{{0, "echo", "a"}, {1, "echo", "b"}, {0, "echo", "c"}}, Losses: 1},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			all, naive := states(t, s, &everything{})
			some, r := states(t, s, &exhaustive{})
			t.Log(len(all), "states:", naive.Executions+naive.Pruned, "paths,", r.Executions+r.Pruned, "with sleep sets")
			require.LessOrEqual(t, r.Executions+r.Pruned, naive.Executions+naive.Pruned)
			require.True(t, maps.Equal(all, some), "%d and %d states", len(all), len(some))
		})
	}
}

// relay answers an echo after the other nodes have passed it on to each other.
func relay(n *node.Node) {
	node.HandleRPC(n, "echo", func(ctx context.Context, e map[string]any) (map[string]any, error) {
		to := n.Others()[0]
		return node.Call[map[string]any](ctx, n, to, "pass", map[string]any{"echo": e["echo"]})
	})
	node.HandleRPC(n, "pass", func(ctx context.Context, e map[string]any) (map[string]any, error) { return e, nil })
}
