package elle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/elle"
	"glomers/harness/history"
)

func TestEdges(t *testing.T) {
	const half = `
		0 invoke [["w",8,1],["w",9,1]]
		0 ok [["w",8,1],["w",9,1]]
		1 invoke [["r",8,null],["r",9,null]]
		1 ok [["r",8,1],["r",9,null]]
		`
	wr := func(from, to int, key, value string) elle.Edge {
		return elle.Edge{Kind: elle.Wrote, From: from, To: to, Key: key, Old: value, Reader: elle.None}
	}
	rw := func(from, to int, key, before, after string) elle.Edge {
		return elle.Edge{Kind: elle.Missed, From: from, To: to, Key: key, Old: before, New: after, Reader: elle.None}
	}
	for _, c := range []struct {
		name, history string
		check         func([]history.Op, elle.Options) *elle.Result
		anomaly       elle.Anomaly
		want          []elle.Edge
	}{
		{"a cycle", half, elle.Register, "G-single-item", []elle.Edge{wr(1, 3, "8", "1"), rw(3, 1, "9", "null", "1")}},
		{"an aborted write", `
			0 invoke [["w",8,1]]
			0 fail [["w",8,1]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,1]]`, elle.Register, elle.G1a, []elle.Edge{wr(1, 3, "8", "1")}},
		{"a lost update", `
			0 invoke [["r",8,null],["w",8,1],["w",8,2]]
			1 invoke [["r",8,null],["w",8,3]]
			0 ok [["r",8,null],["w",8,1],["w",8,2]]
			1 ok [["r",8,null],["w",8,3]]`, elle.Register, elle.LostUpdate, []elle.Edge{rw(2, 3, "8", "null", "3"), rw(3, 2, "8", "null", "2")}},
		{"lists that fork", `
			0 invoke [["append",8,1],["r",8,null]]
			1 invoke [["append",8,2],["r",8,null]]
			0 ok [["append",8,1],["r",8,[1]]]
			1 ok [["append",8,2],["r",8,[2]]]`, elle.Append, elle.IncompatibleOrder, []elle.Edge{wr(2, 2, "8", "1"), wr(3, 3, "8", "2")}},
		{"a list without an element", `
			0 invoke [["append",8,1],["append",9,1]]
			0 ok [["append",8,1],["append",9,1]]
			1 invoke [["r",8,null],["r",9,null]]
			1 ok [["r",8,[1]],["r",9,null]]`, elle.Append, "G-single-item", []elle.Edge{wr(1, 3, "8", "1"), rw(3, 1, "9", "", "1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cases := c.check(ops(t, c.history), elle.Options{}).Cases[c.anomaly]
			require.NotEmpty(t, cases)
			require.Equal(t, c.want, cases[0].Edges)
		})
	}

	decided := elle.Register(ops(t, half), elle.Options{}).Decided
	require.Equal(t, []elle.Edge{{
		Kind: elle.Ignored, From: 1, To: elle.None, Key: "9", Old: "null", New: "1", Reader: 3, Path: []elle.Edge{wr(1, 3, "8", "1")},
	}}, decided.Violation.Edges)

	garbage := elle.Register(ops(t, "0 invoke [[\"r\",8,null]]\n0 ok [[\"r\",8,7]]"), elle.Options{}).Warnings
	require.Len(t, garbage, 1)
	require.Equal(t, []elle.Edge{wr(elle.None, 1, "8", "7")}, garbage[0].Cases[0].Edges)
}
