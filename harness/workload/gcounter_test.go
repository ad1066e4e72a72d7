package workload_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

func TestCounterOperations(t *testing.T) {
	for name, deltas := range map[string][]int64{
		"g-counter":  {0, 1, 2, 3, 4},
		"pn-counter": {-5, -4, -3, -2, -1, 0, 1, 2, 3, 4},
	} {
		w := newWorkload(t, name)
		require.NoError(t, w.Setup(nil))
		require.True(t, w.Idempotent("read"))
		require.False(t, w.Idempotent("add"))
		require.Equal(t, []history.Op{{F: "read", Final: true}}, w.Final())

		adds, count := 0, make(map[int64]int)
		for range 4000 {
			op := w.Next()
			if op.F == "read" {
				require.Equal(t, history.Op{F: "read"}, op)
				continue
			}
			require.Equal(t, "add", op.F)
			var delta int64
			require.NoError(t, json.Unmarshal(op.Value, &delta))
			adds++
			count[delta]++
		}
		require.InDelta(t, 2000, adds, 150)
		require.Len(t, count, len(deltas))
		for _, d := range deltas {
			require.InDelta(t, adds/len(deltas), count[d], 80, "%s, delta %d", name, d)
		}
	}
}

func TestCounterInvoke(t *testing.T) {
	for _, c := range []exchange{
		{"add", `4`, `{"type":"add","delta":4}`, `{"type":"add_ok","in_reply_to":1}`, `4`},
		{"add", `-5`, `{"type":"add","delta":-5}`, `{"type":"add_ok"}`, `-5`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":9007199254740993}`, `9007199254740993`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":-0}`, `-0`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok"}`, `read_ok: field "value" is missing`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":null}`, `read_ok: field "value" is null: want an integer of 64 bits`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":1.0}`, `read_ok: field "value" is a float: want an integer of 64 bits`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":1e3}`, `read_ok: field "value" is a float: want an integer of 64 bits`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":"1"}`, `read_ok: field "value" is a string: want an integer of 64 bits`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":[1]}`, `read_ok: field "value" is a list: want an integer of 64 bits`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":9223372036854775808}`, `read_ok: field "value" is an integer of another shape: want an integer of 64 bits`},
	} {
		t.Run(c.reply, func(t *testing.T) { c.require(t, newWorkload(t, "g-counter")) })
	}
	_, err := newWorkload(t, "pn-counter").Invoke(&client{}, history.Op{F: "sub"})
	require.EqualError(t, err, `workload: pn-counter has no operation "sub"`)
}

func TestCounterCheck(t *testing.T) {
	h := []history.Op{
		{Type: history.Invoke, F: "add", Value: json.RawMessage(`3`)},
		{Index: 1, Type: history.OK, F: "add", Value: json.RawMessage(`3`)},
		{Index: 2, Type: history.Invoke, F: "read", Final: true},
		{Index: 3, Type: history.OK, F: "read", Value: json.RawMessage(`3`), Final: true},
	}
	for _, name := range []string{"g-counter", "pn-counter"} {
		require.Equal(t, check.Valid, newWorkload(t, name).Check(h).Verdict())
	}
	h[3].Value = json.RawMessage(`2`)
	require.Equal(t, check.Invalid, newWorkload(t, "g-counter").Check(h).Verdict())
}
