package history_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func TestFaults(t *testing.T) {
	step := func(at int64, f string, effect *history.Effect) []history.Op {
		return []history.Op{
			{Time: at, Type: history.Info, Process: history.Nemesis, F: f},
			{Time: at + 1, Type: history.Info, Process: history.Nemesis, F: f, Effect: effect},
		}
	}
	one := &history.Effect{Links: map[string][]string{"n1": {"n0"}}, Text: "one"}
	var ops []history.Op
	for _, s := range [][]history.Op{
		step(10, "start-partition", one),
		step(20, "start-kill", &history.Effect{Nodes: []string{"n2"}, Text: "n2"}),
		step(30, "stop-partition", nil),
		step(40, "stop-loss", nil), // never began
		step(50, "start-partition", &history.Effect{}),
		step(60, "stop-kill", nil),
		step(70, "stop-kill", nil), // once more, at the end
		{{Time: 80, Type: history.Info, Process: history.Nemesis, F: "rebalance"}, {Time: 80, Type: history.Invoke, F: "start-slow"}},
	} {
		ops = append(ops, s...)
	}
	type span struct {
		name       string
		begin, end int64
		text       string
	}
	var got []span
	for _, f := range history.FaultsIn(ops, 100) {
		got = append(got, span{f.Name, f.Begin, f.End, f.Effect.Text})
	}
	require.Equal(t, []span{{"partition", 10, 31, "one"}, {"kill", 20, 61, "n2"}, {"partition", 50, 100, ""}}, got)

	faults := history.Faults{Max: 1}
	var inForce []int
	for _, op := range ops[:8] {
		require.Equal(t, op.F == "start-partition" || op.F == "stop-partition", faults.Add(op) != nil, op.F)
		inForce = append(inForce, faults.InForce())
	}
	require.Equal(t, []int{1, 1, 1, 1, 0, 0, 0, 0}, inForce)
	require.Equal(t, 1, faults.Left)
}
