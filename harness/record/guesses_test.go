package record

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// What a fault of an older run did, or of Maelstrom's, shows in the values of its events.
func TestGuessedEffects(t *testing.T) {
	step := func(at int64, f, asked, done string) []history.Op {
		return []history.Op{
			{Time: at, Type: history.Info, Process: history.Nemesis, F: f, Value: []byte(asked)},
			{Time: at + 1, Type: history.Info, Process: history.Nemesis, F: f, Value: []byte(done)},
		}
	}
	var ops []history.Op
	for _, s := range [][]history.Op{
		step(10, "start-partition", `"one-way"`, `["isolated",{"n1":["n0"],"n0":[]}]`),
		step(20, "start-kill", `null`, `"n2"`),
		step(30, "stop-partition", `null`, `"network-healed"`),
		step(40, "start-slow", `"n1 and n2"`, `2`),
		step(50, "start-skew", `null`, `{"n1":"12ms","n0":"-3ms"}`),
		step(60, "start-loss", `"8 %"`, `6`),
		step(70, "start-partition", `"?"`, `{"broken":7}`),
		step(80, "stop-kill", `null`, `"n2"`),
		step(90, "stop-duplicate", `null`, `"mended"`), // never began
	} {
		ops = append(ops, s...)
	}
	for i := range ops {
		ops[i].Index = i
	}
	var text bytes.Buffer
	require.NoError(t, history.Write(&text, ops))
	var faults history.Faults
	for op, err := range History(&text) {
		require.NoError(t, err)
		faults.Add(op)
	}
	var effects []history.Effect
	for _, f := range faults.All {
		effects = append(effects, f.Effect)
	}
	require.Equal(t, []history.Effect{
		{Links: map[string][]string{"n1": {"n0"}, "n0": {}}, Text: "one-way"},
		{Nodes: []string{"n2"}, Text: "n2"},
		{Nodes: []string{"n1", "n2"}, Text: "n1 and n2"},
		{Nodes: []string{"n0", "n1"}, Text: "n0 -3ms, n1 12ms"},
		{Text: "8 %"},
		{Text: "?"},
	}, effects)
}

func TestGuessedRoles(t *testing.T) {
	role := Meta{Nodes: []string{"n0", "c"}}.Roles()
	for id, want := range map[string]string{"n0": Node, "c": Node, "c10": Client, "lin-kv": Service, "c1x": Service, "n1": Service} {
		require.Equal(t, want, role(id), id)
	}
	require.Equal(t, Node, Meta{}.Roles()("n1"))
}

// A recorded effect is not guessed again.
func TestRecordedEffectStays(t *testing.T) {
	e := &history.Effect{Text: "recorded"}
	ops := []history.Op{
		{Type: history.Info, Process: history.Nemesis, F: "start-kill"},
		{Index: 1, Type: history.Info, Process: history.Nemesis, F: "start-kill", Value: []byte(`"n1"`), Effect: e},
	}
	var text bytes.Buffer
	require.NoError(t, history.Write(&text, ops))
	for op, err := range History(&text) {
		require.NoError(t, err)
		require.Equal(t, op.Index == 1, op.Effect != nil)
		if op.Effect != nil {
			require.Equal(t, e, op.Effect)
		}
	}
}
