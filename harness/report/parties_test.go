package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func TestNames(t *testing.T) {
	n := newNames(3, "others")
	for name, want := range map[string]int{"a": 0} {
		require.Equal(t, want, n.number([]byte(name)))
	}
	require.Equal(t, 1, n.number([]byte("b\xff")))
	require.Equal(t, 2, n.number([]byte("c")))
	require.Equal(t, 2, n.number([]byte("d")))
	require.Equal(t, 0, n.number([]byte("a")))
	require.Equal(t, []string{"a", "b\uFFFD", "others"}, n.list)
}

func TestArrange(t *testing.T) {
	parties, places := arrange([]string{"c10", "n2", "seq-kv", "c9", "n10", "lin-kv", "n\"<"}, []string{"n2", "n10", "n\"<"})
	require.Equal(t, []party{
		{"n\"<", "node"}, {"n2", "node"}, {"n10", "node"}, {"lin-kv", "service"}, {"seq-kv", "service"}, {"c9", "client"}, {"c10", "client"},
	}, parties)
	require.Equal(t, []int{6, 1, 4, 5, 2, 3, 0}, places)

	parties, _ = arrange([]string{"n2", "x"}, nil)
	require.Equal(t, []party{{"n2", "node"}, {"x", "service"}}, parties, "without test.json, nodes are known by their names")
}

// What a fault of an older run did, or of Maelstrom's, shows in the values of its events.
func TestFaults(t *testing.T) {
	step := func(at int64, f, asked, done string) []history.Op {
		return []history.Op{
			{Time: at, Type: history.Info, Process: history.Nemesis, F: f, Value: []byte(asked)},
			{Time: at + 1, Type: history.Info, Process: history.Nemesis, F: f, Value: []byte(done)},
		}
	}
	var faults history.Faults
	var guess guesser
	for _, s := range [][]history.Op{
		step(10, "start-partition", `"one-way"`, `["isolated",{"n1":["n0"],"n0":[]}]`),
		step(20, "start-kill", `null`, `"n2"`),
		step(30, "stop-partition", `null`, `"network-healed"`),
		step(40, "start-slow", `"n1 and n2"`, `2`),
		step(50, "start-skew", `null`, `{"n1":"12ms","n0":"-3ms"}`),
		step(60, "start-loss", `"8 %"`, `6`),
		step(70, "start-partition", `"?"`, `{"broken":`),
		step(80, "stop-kill", `null`, `"n2"`),
		step(90, "stop-duplicate", `null`, `"mended"`), // never began
	} {
		for _, op := range s {
			guess.complete(&op)
			faults.Add(op)
		}
	}
	require.Equal(t, []fault{
		{Name: "partition", Begin: 10, End: 31, Text: "partition: one-way", Cut: [][2]string{{"n0", "n1"}}},
		{Name: "kill", Begin: 20, End: 81, Text: "kill: n2", Nodes: []string{"n2"}},
		{Name: "slow", Begin: 40, End: 100, Text: "slow: n1 and n2", Nodes: []string{"n1", "n2"}},
		{Name: "skew", Begin: 50, End: 100, Text: "skew: n0 -3ms, n1 12ms", Nodes: []string{"n0", "n1"}},
		{Name: "loss", Begin: 60, End: 100, Text: "loss: 8 %"},
		{Name: "partition", Begin: 70, End: 100, Text: "partition: ?"},
	}, shown(faults.All, 100))
}
