package check_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

func TestSetFullReasons(t *testing.T) {
	for _, c := range []struct {
		name, history string
		want          check.Verdict
		reasons       []string
	}{
		{"kept", `
			0 invoke add 17
			0 ok add 17
			0 invoke read null
			0 ok read [17]`, check.Valid, nil},
		{"nothing added", `
			0 invoke read null
			0 ok read []`, check.Unknown, []string{
			"nothing can be said about any of 0 attempted values: no read that began after one was known succeeded",
		}},
		{"never seen", `
			0 invoke add 17
			0 ok add 17
			0 invoke read null
			0 ok read []`, check.Invalid, []string{
			"value 17, acknowledged at 0.001 s (op 1, process 0), is missing from the read at 0.003 s (op 3, process 0) " +
				"and from all that began later; it returned []",
		}},
		{"forgotten", `
			0 invoke add 17
			0 info add 17
			1 invoke read null
			1 ok read [17]
			1 invoke read null
			2 invoke read null
			2 ok read [3]
			1 ok read [17]
			1 invoke read null
			1 ok read [4]`, check.Invalid, []string{
			"value 17, first read at 0.003 s (op 3, process 1), last in the read begun at 0.004 s (op 4, process 1), " +
				"is missing from the read at 0.006 s (op 6, process 2) and from all that began later; it returned [3]",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check.SetFull(corpus.Ops(t, c.history), "add")
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, c.reasons, r.Reasons())
		})
	}
}

// A list has the same elements however it is written.
func TestSetFullLists(t *testing.T) {
	for _, c := range []struct{ list, lost, repeated string }{
		{`[1,1048577,"a"]`, `[]`, `[]`},
		{"[ 1 ,\n1048577,\t\"\\u0061\" ]", `[]`, `[]`},
		{`["a", 1]`, `[1048577]`, `[]`},
		{`[1]`, `["a",1048577]`, `[]`},
		{`[1, 5, 1]`, `["a",1048577]`, `[1]`},
		{`[1.0,1048577,"a","a"]`, `[1]`, `["a"]`},
		{`[]`, `["a",1,1048577]`, `[]`},
		{`null`, `["a",1,1048577]`, `[]`},
	} {
		t.Run(c.list, func(t *testing.T) {
			h := corpus.Ops(t, `
				0 invoke add 1
				0 ok add 1
				0 invoke add "a"
				0 ok add "a"
				0 invoke add 1048577
				0 ok add 1048577
				0 invoke read null
				0 ok read null`)
			h[7].Value = json.RawMessage(c.list)
			b, err := json.Marshal(check.SetFull(h, "add"))
			require.NoError(t, err)
			require.Contains(t, string(b), `"lost":`+c.lost)
			require.Contains(t, string(b), `"repeated":`+c.repeated)
		})
	}
}

// An element is stable 1 ns after the last read without it began.
func TestSetFullStableLatencyIsAfterTheRead(t *testing.T) {
	h := corpus.Ops(t, `
		0 invoke add 1
		0 ok add 1
		0 invoke read null
		0 ok read []
		0 invoke read null
		0 ok read [1]`)
	h[2].Time = h[1].Time + 1e6 - 1
	require.EqualValues(t, 1, check.SetFull(h, "add").StableLatencies.Max)
	h[2].Time--
	require.EqualValues(t, 0, check.SetFull(h, "add").StableLatencies.Max)
}

// A read that does not return a list says nothing about the elements.
func TestSetFullMalformedRead(t *testing.T) {
	h := corpus.Ops(t, `
		0 invoke add 1
		0 ok add 1
		0 invoke read null
		0 ok read {"messages":[1]}`)
	require.Equal(t, check.Unknown, check.SetFull(h, "add").Valid)
}

// A set that keeps everything is valid, whatever the order of events.
func TestSetFullOfCorrectSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h []history.Op
		put := func(p history.Process, typ history.Type, f string, v any) {
			b, err := json.Marshal(v)
			require.NoError(t, err)
			h = append(h, history.Op{Index: len(h), Time: int64(len(h)) * 1e6, Process: p, Type: typ, F: f, Value: b})
		}
		set := []int{}
		for i := range rapid.IntRange(1, 30).Draw(t, "adds") {
			put(0, history.Invoke, "add", i)
			set = append(set, i)
			if rapid.Bool().Draw(t, "read during the add") {
				put(1, history.Invoke, "read", nil)
				put(1, history.OK, "read", set)
			}
			put(0, history.OK, "add", i)
		}
		put(1, history.Invoke, "read", nil)
		put(1, history.OK, "read", set)
		r := check.SetFull(h, "add")
		require.Equal(t, check.Valid, r.Valid)
		require.Equal(t, len(set), r.StableCount)
		require.Equal(t, check.Quantiles{}, *r.StableLatencies)
	})
}

// BenchmarkSetFull checks the history of a long run: 3000 values and 3000 reads of all values so far, 4.5 million read values
// in total.
func BenchmarkSetFull(b *testing.B) {
	var h []history.Op
	put := func(typ history.Type, f, v string) {
		h = append(h, history.Op{Index: len(h), Time: int64(len(h)) * 1e6, Type: typ, F: f, Value: json.RawMessage(v)})
	}
	var list strings.Builder
	for i := range 3000 {
		v := strconv.Itoa(i)
		put(history.Invoke, "broadcast", v)
		put(history.OK, "broadcast", v)
		list.WriteString("," + v)
		put(history.Invoke, "read", "null")
		put(history.OK, "read", "["+list.String()[1:]+"]")
	}
	for b.Loop() {
		require.Equal(b, check.Valid, check.SetFull(h, "broadcast").Valid)
	}
}
