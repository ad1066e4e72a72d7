package elle_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
)

// requireWarning checks that the history has exactly the one warning and is otherwise valid, and that the warning counts if
// the options are strict.
func requireWarning(t *testing.T, lines string, want elle.Warning) {
	t.Helper()
	h := ops(t, lines)
	o := elle.Options{Models: []elle.Model{elle.ReadUncommitted}, Nodes: 2, Concurrency: 4}
	r := elle.Register(h, o)
	requireResult(t, r)
	require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
	require.Len(t, r.Warnings, 1)
	got := r.Warnings[0]
	got.Cases = nil // see TestEdges
	require.Equal(t, want, got)
	require.Contains(t, r.Cautions(), want.String())

	o.Strict = true
	r = elle.Register(h, o)
	require.Equal(t, check.Invalid, r.Verdict())
	require.Empty(t, r.Cautions(), "they are reasons now")
	reasons := r.Reasons()
	if want.Type == elle.GarbageRead { // no level allows it
		require.True(t, r.Decided.Error)
		require.Equal(t, r.Decided.Text, reasons[1])
		reasons = reasons[:1]
	}
	require.Equal(t, []string{want.Type + ": " + want.Text}, reasons)
}

func requireNoWarning(t *testing.T, lines string) {
	t.Helper()
	r := elle.Register(ops(t, lines), elle.Options{Models: []elle.Model{elle.ReadUncommitted}, Nodes: 2, Concurrency: 4, Strict: true})
	require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
	require.Empty(t, r.Warnings)
}

func TestGarbageRead(t *testing.T) {
	requireWarning(t, `
		0 invoke [["w",8,3]]
		0 ok [["w",8,3]]
		1 invoke [["r",8,null],["r",9,null]]
		1 ok [["r",8,3],["r",9,7]]`,
		elle.Warning{Type: elle.GarbageRead, Count: 1, Text: "T1 (op 3, process 1) read 7 from key 9, which nobody wrote"})
	requireNoWarning(t, `
		0 invoke [["w",8,3]]
		0 ok [["w",8,3]]
		2 invoke [["w",9,7]]
		1 invoke [["r",8,null],["r",9,null]]
		1 ok [["r",8,3],["r",9,7]]`)
}

// Two transactions wrote both keys, and each won on one of them.
func TestDirtyWrite(t *testing.T) {
	const writes = `
		0 invoke [["w",8,1],["w",9,1]]
		1 invoke [["w",8,2],["w",9,2]]
		0 ok [["w",8,1],["w",9,1]]
		1 ok [["w",8,2],["w",9,2]]
		`
	requireWarning(t, writes+`
		0 invoke [["r",8,null],["r",9,null]]
		0 ok [["r",8,2],["r",9,1]]
		1 invoke [["r",8,null],["r",9,null]]
		1 ok [["r",8,2],["r",9,1]]`,
		elle.Warning{Type: elle.DirtyWrite, Count: 1, Text: "T1 (op 2, process 0) wrote 1 to key 8, which T2 (op 3, process 1) overwrote with 2; " +
			"T2 wrote 2 to key 9, which T1 overwrote with 1"})
	requireNoWarning(t, writes+`
		0 invoke [["r",8,null],["r",9,null]]
		0 ok [["r",8,2],["r",9,2]]`)
	// The processes disagree about key 9, so its order is not known.
	requireNoWarning(t, writes+`
		0 invoke [["r",8,null],["r",9,null]]
		0 ok [["r",8,2],["r",9,2]]
		1 invoke [["r",8,null],["r",9,null]]
		1 ok [["r",8,2],["r",9,1]]`)
}

func TestNoReplication(t *testing.T) {
	const write = `
		0 invoke [["w",8,1]]
		0 ok [["w",8,1]]
		1 invoke [["r",9,null],["w",9,1]]
		1 ok [["r",9,null],["w",9,1]]
		`
	read := func(value string) string {
		return fmt.Sprintf("1 invoke [[\"r\",8,null]]\n1 ok [[\"r\",8,%s]]\n", value)
	}
	requireWarning(t, write+strings.Repeat(read("null"), 10),
		elle.Warning{Type: elle.NoReplication, Count: 1, Text: "node 1 of 2 never showed a write of node 0, in 10 stale reads"})
	requireNoWarning(t, write+strings.Repeat(read("null"), 9))
	requireNoWarning(t, write+strings.Repeat(read("null"), 30)+read("1"))
}

func TestNoConvergence(t *testing.T) {
	const write = `
		0 invoke [["w",8,1]]
		0 ok [["w",8,1]]
		`
	const late = `
		0 invoke [["r",8,null]]
		0 ok [["r",8,1]]
		1 invoke [["r",8,null]]
		1 ok [["r",8,null]]`
	requireWarning(t, write+"@5.1s\n"+late, elle.Warning{
		Type: elle.NoConvergence, Count: 1,
		Text: "5s after its last write, T1 (op 3, process 0) read 1 from key 8 on one node and T2 (op 5, process 1) read null on another",
	})
	requireNoWarning(t, write+"@4.9s\n"+late)
	requireNoWarning(t, write+"@1s\n\"nemesis\" info start-partition\n@7s\n"+late)
	requireNoWarning(t, write+"@1s\n\"nemesis\" info start-partition\n@3s\n\"nemesis\" info stop-partition\n@7s\n"+late)
	requireNoWarning(t, write+"2 invoke [[\"w\",8,2]]\n2 info [[\"w\",8,2]]\n@7s\n"+late)
	requireNoWarning(t, write+"@7s\n"+late+"\n1 invoke [[\"r\",8,null]]\n1 ok [[\"r\",8,1]]")
}

// The delay of a write lies between the last read that missed the write and the first read that showed it.
func TestDelay(t *testing.T) {
	for _, c := range []struct {
		name, history string
		want          *elle.Delay
	}{
		{"nothing", ``, nil},
		{"never read elsewhere", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			2 invoke [["r",8,null]]
			2 ok [["r",8,1]]`, nil},
		{"read at once", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,1]]`, &elle.Delay{Shown: 1, AtMost: elle.Spread{Median: 2, Worst: 2}}},
		{"read before the acknowledgement", `
			0 invoke [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,1]]
			0 ok [["w",8,1]]`, &elle.Delay{Shown: 1}},
		{"missed at first", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,null]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,1]]`, &elle.Delay{Shown: 1, AtLeast: elle.Spread{Median: 1, Worst: 1}, AtMost: elle.Spread{Median: 4, Worst: 4}}},
		{"a later write instead", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			3 invoke [["w",8,2]]
			3 ok [["w",8,2]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,2]]`, &elle.Delay{}}, // node 1 wrote 2 itself
		{"a later write of the same node instead", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			4 invoke [["w",8,2]]
			4 ok [["w",8,2]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,2]]`, &elle.Delay{Shown: 2, AtMost: elle.Spread{Median: 4, Worst: 4}}},
		{"missed, and then replaced by the node itself", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,null]]
			3 invoke [["w",8,2]]
			3 ok [["w",8,2]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,2]]`, &elle.Delay{}},
		{"one value by two nodes", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			3 invoke [["w",8,1]]
			3 ok [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,1]]`, nil},
		{"replaced by a write at the same time", `
			0 invoke [["w",8,1]]
			3 invoke [["w",8,2]]
			0 ok [["w",8,1]]
			3 ok [["w",8,2]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,2]]`, &elle.Delay{}},
		{"never shown", `
			0 invoke [["w",8,1]]
			0 ok [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,null]]`, &elle.Delay{Unshown: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := ops(t, c.history)
			require.Equal(t, c.want, elle.Register(h, elle.Options{Nodes: 2, Concurrency: 4}).Delay)
			require.Nil(t, elle.Register(h, elle.Options{}).Delay)
			require.Nil(t, elle.Register(h, elle.Options{Nodes: 1, Concurrency: 4}).Delay)
		})
	}
}

// Simulated databases cause exactly the warnings that they are built to cause.
func TestSimulatedReplication(t *testing.T) {
	run := func(make func(*sim)) *elle.Result {
		s := newSim(3, 2)
		make(s)
		return elle.Register(s.history(3000), elle.Options{Models: []elle.Model{elle.ReadUncommitted}, Nodes: 2, Concurrency: s.concurrency})
	}
	types := func(r *elle.Result) (all []string) {
		for _, w := range r.Warnings {
			all = append(all, w.Type)
		}
		return all
	}
	good := run(func(s *sim) { s.delay = 20e6; s.info = 5 })
	require.Empty(t, good.Warnings)
	require.Less(t, good.Delay.AtLeast.Median, 20.0)
	require.GreaterOrEqual(t, good.Delay.AtMost.Median, 20.0-10) // the write is executed up to 10 ms before it is acknowledged
	require.Less(t, good.Delay.AtLeast.Worst, 20.0+10)

	apart := run(func(s *sim) { s.delay = -1 })
	require.Equal(t, []string{elle.NoReplication}, types(apart))
	require.Zero(t, apart.Delay.Shown, "what a node wrote itself is no evidence")
	require.Equal(t, "no write of one node was ever shown by another", apart.Delay.String())
	b, err := json.Marshal(apart.Delay)
	require.NoError(t, err)
	require.NotContains(t, string(b), "at-most")
	// For each key, the same last write wins on all nodes at the same moment: nothing is interleaved.
	require.Empty(t, types(run(func(s *sim) { s.delay = 20e6; s.split = true })))
}
