package elle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
)

func TestAppendExplanations(t *testing.T) {
	for _, c := range []struct {
		name, history string
		model         elle.Model
		want          check.Verdict
		reasons       []string
	}{
		{"empty", ``, elle.ReadCommitted, check.Unknown, []string{
			"empty-transaction-graph: no transaction depends on another, so the history tests nothing",
		}},
		{"fine", `
			0 invoke [["append",8,3],["r",8,null]]
			0 ok [["append",8,3],["r",8,[3]]]
			1 invoke [["r",8,null],["append",8,4],["r",8,null]]
			1 ok [["r",8,[3]],["append",8,4],["r",8,[3,4]]]
			2 invoke [["r",8,null],["r",9,null]]
			2 ok [["r",8,[3,4]],["r",9,[]]]`, elle.StrongSerializable, check.Valid, nil},
		{"stale", `
			0 invoke [["append",8,3]]
			0 ok [["append",8,3]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,null]]`, elle.StrongSerializable, check.Invalid, []string{
			"G-single-item-realtime: T1 (op 1, process 0) was acknowledged 0.001 s before T2 (op 3, process 1) began; " +
				"T2 read [] from key 8, without 3, which T1 appended",
		}},
		{"G0", `
			0 invoke [["append",8,1],["append",9,1]]
			1 invoke [["append",8,2],["append",9,2]]
			0 ok [["append",8,1],["append",9,1]]
			1 ok [["append",8,2],["append",9,2]]
			0 invoke [["r",8,null],["r",9,null]]
			0 ok [["r",8,[1,2]],["r",9,[2,1]]]`, elle.ReadUncommitted, check.Invalid, []string{
			"G0: T1 (op 2, process 0) appended 1 to key 8, and T2 (op 3, process 1) appended 2 after it; " +
				"T2 appended 2 to key 9, and T1 appended 1 after it",
		}},
		{"G1c, of unknown outcome", `
			0 invoke [["append",8,1],["r",9,null]]
			1 invoke [["append",9,1],["append",8,2]]
			1 info [["append",9,1],["append",8,2]]
			0 ok [["append",8,1],["r",9,[1]]]
			2 invoke [["r",8,null]]
			2 ok [["r",8,[1,2]]]`, elle.ReadCommitted, check.Invalid, []string{
			"G1c: T1 (op 3, process 0) appended 1 to key 8, and T2 (op 2, process 1) appended 2 after it; " +
				"T2 appended 1 to key 9, and T1 read [1]",
		}},
		{"G1a, G1b, dirty update and internal", `
			0 invoke [["append",8,3],["append",8,4]]
			0 fail [["append",8,3],["append",8,4]]
			2 invoke [["append",8,5],["append",8,6]]
			1 invoke [["r",8,null],["r",8,null]]
			1 ok [["r",8,[3,4,5]],["r",8,[3,4,5,6]]]
			2 ok [["append",8,5],["append",8,6]]`, "read-atomic", check.Invalid, []string{
			"G1a: T1 (op 4, process 1) read [3, 4, 5] from key 8, where 3 is an append of T2 (op 1, process 0), which failed",
			"G1b: T1 (op 4, process 1) read [3, 4, 5] from key 8, where 5 is an append of T2 (op 5, process 2), which appended more to it",
			"dirty-update: T1 (op 1, process 0), which failed, appended 3 to key 8, and T2 (op 5, process 2) appended 5 after it",
			"internal: T1 (op 4, process 1) read [3, 4, 5] from key 8, and then read [3, 4, 5, 6]",
			"G1a: T1 (op 4, process 1) read [3, 4, 5] from key 8, where 4 is an append of T2 (op 1, process 0), which failed",
			"G1a: T1 (op 4, process 1) read [3, 4, 5, 6] from key 8, where 3 is an append of T2 (op 1, process 0), which failed",
			"G1a: T1 (op 4, process 1) read [3, 4, 5, 6] from key 8, where 4 is an append of T2 (op 1, process 0), which failed",
		}},
		{"internal", `
			0 invoke [["append",8,1],["append",8,2],["r",8,null]]
			0 ok [["append",8,1],["append",8,2],["r",8,[2]]]
			1 invoke [["r",8,null],["append",8,3],["r",8,null]]
			1 ok [["r",8,[2]],["append",8,3],["r",8,[2]]]`, "read-atomic", check.Invalid, []string{
			"internal: T1 (op 1, process 0) appended 1, 2 to key 8, and then read [2]",
			"internal: T1 (op 3, process 1) read [2] from key 8 and appended 3, and then read [2]",
		}},
		{"duplicates, forks and the future", `
			0 invoke [["r",8,null],["append",8,1]]
			0 ok [["r",8,[1]],["append",8,1]]
			1 invoke [["append",8,2]]
			1 ok [["append",8,2]]
			2 invoke [["r",8,null]]
			2 ok [["r",8,[2,2,1]]]`, elle.ReadCommitted, check.Invalid, []string{
			"duplicate-elements: T1 (op 5, process 2) read [2, 2, 1] from key 8, more than once with 2 in it",
			"future-read: T1 (op 1, process 0) read [1] from key 8 before it appended 1 itself",
			"incompatible-order: T1 (op 1, process 0) read a list from key 8 that begins with [1], and T2 (op 5, process 2) one that begins with [2]: neither is the beginning of the other",
		}},
		{"lost update", `
			0 invoke [["append",8,1]]
			0 ok [["append",8,1]]
			1 invoke [["r",8,null],["append",8,2]]
			2 invoke [["r",8,null],["append",8,3]]
			1 ok [["r",8,[1]],["append",8,2]]
			2 ok [["r",8,[1]],["append",8,3]]`, "update-atomic", check.Invalid, []string{
			"lost-update: T1 (op 4, process 1), T2 (op 5, process 2) all read [1] from key 8 and then appended to it",
		}},
		{"garbage", `
			0 invoke [["append",8,1],["append",8,3],["append",8,4],["append",8,5],["append",8,6],["append",8,7],["append",8,8],["append",8,9]]
			0 ok [["append",8,1],["append",8,3],["append",8,4],["append",8,5],["append",8,6],["append",8,7],["append",8,8],["append",8,9]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,[1,2,3,4,5,6,7,8,9]]]`, elle.ReadUncommitted, check.Invalid, []string{
			"garbage-read: T1 (op 3, process 1) read […, 2, 3, 4, 5, 6, 7, 8, 9] from key 8, where nobody appended 2",
		}},
		{"ambiguous", `
			0 invoke [["append",8,1],["append",9,1]]
			0 ok [["append",8,1],["append",9,1]]
			1 invoke [["append",8,1],["append",7,5]]
			1 fail [["append",8,1],["append",7,5]]
			2 invoke [["r",8,null],["r",8,null],["r",9,null]]
			2 ok [["r",8,[1,1]],["r",8,[4,1]],["r",9,[1]]]`, elle.StrongSerializable, check.Unknown, []string{
			"1 was appended to key 8 by both T1 (op 1, process 0) and T2 (op 3, process 1), so it is not known whose element was read",
		}},
		{"no transactions", `
			0 invoke [["append",8,3]]
			0 ok [["append",8,3]]
			0 invoke [["r",8,null]]
			0 ok [["r",8,[3]]]
			1 invoke [["w",8,3]]
			1 ok [["w",8,3]]
			1 invoke [["r",8,null],["r",8,null],["append",8,4]]
			1 ok [["r",8,5],["r",8,[3,"unknown"]],["append",8,4]]
			1 invoke [["r",8]]`, elle.ReadUncommitted, check.Unknown, []string{
			`op 5 is not a transaction: unknown micro-operation "w"`,
			"op 8 is not a transaction: want [f, key, value], not 2 elements",
			"op 7 read 5 from key 8, which is not a list",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := elle.Append(ops(t, c.history), elle.Options{Models: []elle.Model{c.model}})
			requireResult(t, r)
			require.Equal(t, c.want, r.Verdict(), r.Reasons())
			require.Equal(t, c.reasons, r.Reasons())
		})
	}
}

// Appends of unknown outcome that nobody saw do not matter, and neither do those of failed transactions.
func TestAppendUnseen(t *testing.T) {
	r := elle.Append(ops(t, `
		0 invoke [["append",8,1],["append",9,1]]
		0 info [["append",8,1],["append",9,1]]
		1 invoke [["append",8,2],["append",9,2]]
		1 fail [["append",8,2],["append",9,2]]
		2 invoke [["append",8,3],["r",9,null]]
		2 ok [["append",8,3],["r",9,null]]
		3 invoke [["r",8,null]]
		3 ok [["r",8,[3]]]
		4 invoke [["append",8,4],["append",9,4]]`), elle.Options{})
	require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
	require.Empty(t, r.Tolerated)
}

// The elements of one transaction are in the list in another order, or only in part. That is a warning, since the reference
// does not look at it.
func TestReordered(t *testing.T) {
	for list, later := range map[string]string{`[2,1]`: "[2, 1]", `[2]`: "[2]"} {
		h := ops(t, fmt.Sprintf(`
			0 invoke [["append",8,1],["append",8,2]]
			0 ok [["append",8,1],["append",8,2]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,%s]]`, list))
		want := "T1 (op 1, process 0) appended 1 and then 2 to key 8, but T2 (op 3, process 1) read " + later
		o := elle.Options{Models: []elle.Model{elle.ReadUncommitted}}
		r := elle.Append(h, o)
		require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
		require.Equal(t, []elle.Warning{{Type: elle.Reordered, Count: 1, Text: want}}, r.Warnings)

		o.Strict = true
		r = elle.Append(h, o)
		require.Equal(t, check.Invalid, r.Verdict())
		require.Equal(t, []string{"reordered: " + want}, r.Reasons())
	}
}

// Null and [] are the same list, except in the reference's search for lost updates.
func TestEmptyLists(t *testing.T) {
	update := func(p int, list string) string {
		return fmt.Sprintf("%d invoke [[\"r\",8,null],[\"append\",8,%[1]d]]\n%[1]d ok [[\"r\",8,%s],[\"append\",8,%[1]d]]\n", p, list)
	}
	for _, c := range []struct {
		first, second string
		want          []elle.Anomaly
	}{
		{`null`, `null`, []elle.Anomaly{"G2-item", elle.LostUpdate}},
		{`[]`, `[ ]`, []elle.Anomaly{"G2-item", elle.LostUpdate}},
		{`[]`, `null`, []elle.Anomaly{"G2-item"}},
	} {
		r := elle.Append(ops(t, update(1, c.first)+update(2, c.second)), elle.Options{Models: []elle.Model{elle.Serializable}})
		require.Equal(t, c.want, r.Types, "%s %s", c.first, c.second)
	}
}

// Keys and elements may be any JSON; equal values are equal however they are written.
func TestAppendValues(t *testing.T) {
	r := elle.Append(ops(t, `
		0 invoke [["append","k\u00e9y",{"a":1,"b":[2,"]"]}],["append","kéy","x,\"y"]]
		0 ok [["append","k\u00e9y",{"a":1,"b":[2,"]"]}],["append","kéy","x,\"y"]]
		1 invoke [["r","kéy",null]]
		1 ok [["r","kéy",[ {"b": [2, "]"], "a": 1} , "x,\"\u0079" ]]]`), elle.Options{})
	require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
}

// Many transactions read a key before it existed, and many appended to it unseen: too many for an edge between every pair.
func TestManyAppends(t *testing.T) {
	const n = 100
	var invokes, completions strings.Builder
	for i := range n {
		fmt.Fprintf(&invokes, "%[1]d invoke [[\"r\",8,null],[\"append\",8,%[1]d]]\n", i)
		fmt.Fprintf(&completions, "%[1]d ok [[\"r\",8,null],[\"append\",8,%[1]d]]\n", i)
	}
	h := ops(t, invokes.String()+completions.String())
	r := elle.Append(h, elle.Options{})
	require.Equal(t, map[elle.Anomaly]int{"G2-item": 1, elle.LostUpdate: 1}, r.Counts)
	require.Len(t, r.Cases["G2-item"][0].Ops, 2)
	requireRealListCycles(t, h, elle.StrongSerializable, r)
}
