package workload_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// A micro is a decoded micro-operation of a request.
type micro struct {
	write bool
	key   int
	value int
}

func micros(t require.TestingT, txn json.RawMessage) []micro {
	var triples [][3]any
	require.NoError(t, json.Unmarshal(txn, &triples))
	all := make([]micro, len(triples))
	for i, x := range triples {
		all[i].key = int(x[1].(float64))
		if x[0] == "w" || x[0] == "append" {
			all[i].write, all[i].value = true, int(x[2].(float64))
		} else {
			require.Equal(t, "r", x[0])
			require.Nil(t, x[2])
		}
	}
	return all
}

// The values written to each key are 1, 2, 3, …; no key gets more than the limit, and the number of keys in use never exceeds
// its limit.
func TestTxnOperations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.IntRange(1, 80).Draw(t, "keys")
		length := rapid.IntRange(1, 9).Draw(t, "length")
		writes := rapid.IntRange(1, 5).Draw(t, "writes")
		name := rapid.SampledFrom([]string{"txn-rw-register", "txn-list-append"}).Draw(t, "workload")
		w, err := workload.All().New(name, workload.Config{
			Options: workload.Options{KeyCount: keys, MaxTxnLength: length, MaxWritesPerKey: writes},
			Rand:    choice.From(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)),
		})
		require.NoError(t, err)
		require.Empty(t, w.Final())
		require.NoError(t, w.Setup(nil))
		require.False(t, w.Idempotent("txn"))

		written := make(map[int]int)
		newest := keys - 1
		for range 200 {
			op := w.Next()
			require.Equal(t, "txn", op.F)
			ops := micros(t, op.Value)
			require.NotEmpty(t, ops)
			require.LessOrEqual(t, len(ops), length)
			for _, m := range ops {
				newest = max(newest, m.key)
				if m.write {
					written[m.key]++
					require.Equal(t, written[m.key], m.value)
					require.LessOrEqual(t, m.value, writes)
				}
			}
		}
		full := 0
		for _, n := range written {
			if n == writes {
				full++
			}
		}
		require.LessOrEqual(t, newest, keys-1+full, "a key is new only where another is full")
	})
}

// The distributions of the reference: lengths are uniform, reads as frequent as writes, each key twice
// as frequent as the one before it.
func TestTxnDistributions(t *testing.T) {
	w, err := workload.All().New("txn-rw-register", workload.Config{
		Options: workload.Options{KeyCount: 4, MaxWritesPerKey: 1 << 30}, Rand: choice.From(rand.NewPCG(7, 0)),
	})
	require.NoError(t, err)
	const n = 20_000
	lengths, keys := make(map[int]int), make(map[int]int)
	all, writes := 0, 0
	for range n {
		ops := micros(t, w.Next().Value)
		lengths[len(ops)]++
		for _, m := range ops {
			all++
			keys[m.key]++
			if m.write {
				writes++
			}
		}
	}
	for length := 1; length <= 4; length++ {
		require.InDelta(t, n/4, lengths[length], n/50)
	}
	require.InDelta(t, 0.5, float64(writes)/float64(all), 0.01)
	for key := range 4 {
		require.InDelta(t, float64(int(1)<<key)/15, float64(keys[key])/float64(all), 0.01)
	}
}

func TestTxnOptions(t *testing.T) {
	for want, o := range map[string]workload.Options{
		"workload: -1 keys with 16 writes per key in transactions of up to 4: want at least 1 of each":  {KeyCount: -1},
		"workload: 10 keys with -1 writes per key in transactions of up to 4: want at least 1 of each":  {MaxWritesPerKey: -1},
		"workload: 10 keys with 16 writes per key in transactions of up to -1: want at least 1 of each": {MaxTxnLength: -1},
		`workload: elle: no consistency model "serialisable": did you mean serializable?`: {
			ConsistencyModels: []string{"read-committed", "serialisable"},
		},
	} {
		_, err := workload.All().New("txn-rw-register", workload.Config{Options: o})
		require.ErrorContains(t, err, want)
	}
}

// The request is as in corpus/transcripts/txn-rw-register.
func TestTxnInvoke(t *testing.T) {
	const request = `[["r",8,null],["w",9,1]]`
	for _, c := range []struct{ txn, want string }{
		{`[["r",8,null],["w",9,1]]`, `[["r",8,null],["w",9,1]]`},
		{`[["r", 8, 77], ["w", 9, 1]]`, `[["r",8,77],["w",9,1]]`},
		{`[["r",8,{"any":"thing"}],["w",9,1]]`, `[["r",8,{"any":"thing"}],["w",9,1]]`},
		// The checker compares the reply with the request.
		{`null`, `[]`},
		{`[]`, `[]`},
		{`[["r",8,null]]`, `[["r",8,null]]`},
		{`[["w",9,1],["r","8",null]]`, `[["w",9,1],["r","8",null]]`},
		{`{}`, ``},
		{`[["r",8],["w",9,1]]`, ``},
		{`[["r",8,null,null],["w",9,1]]`, ``},
		{`[["append",8,null],["w",9,1]]`, ``},
		{`[null,["w",9,1]]`, ``},
	} {
		t.Run(c.txn, func(t *testing.T) {
			w := newWorkload(t, "txn-rw-register")
			to := &client{reply: fmt.Sprintf(`{"type":"txn_ok","txn":%s}`, c.txn)}
			op := history.Op{Type: history.Invoke, F: "txn", Value: json.RawMessage(request)}
			done := do(w, to, op)
			require.Equal(t, []string{`{"type":"txn","txn":` + request + `}`}, to.requests)
			require.Equal(t, "txn_ok", to.wanted)
			if c.want != "" {
				require.Equal(t, history.OK, done.Type)
				require.Equal(t, c.want, string(done.Value))
				return
			}
			require.Equal(t, history.Info, done.Type)
			require.Equal(t, request, string(done.Value))
			require.Contains(t, string(done.Error), `["malformed-reply","txn_ok: field \"txn\" is a`)
			require.Contains(t, string(done.Error), `: want a list of [\"r\", key, value] and [\"w\", key, value]"`)
		})
	}
}

// The request is as in corpus/transcripts/txn-list-append.
func TestTxnAppendInvoke(t *testing.T) {
	const request = `[["append",8,1],["r",8,null],["append",9,1]]`
	for _, c := range []struct{ read, want string }{
		{`[1]`, `[1]`},
		{`null`, `null`},
		{`[ ]`, `[]`},
		{`["any",{"thing":1}]`, `["any",{"thing":1}]`},
		{`1`, ``},
		{`"[1]"`, ``},
		{`{}`, ``},
		{`false`, ``},
	} {
		t.Run(c.read, func(t *testing.T) {
			w := newWorkload(t, "txn-list-append")
			to := &client{reply: fmt.Sprintf(`{"type":"txn_ok","txn":[["append",8,1],["r",8,%s],["append",9,1]]}`, c.read)}
			op := history.Op{Type: history.Invoke, F: "txn", Value: json.RawMessage(request)}
			done := do(w, to, op)
			require.Equal(t, []string{`{"type":"txn","txn":` + request + `}`}, to.requests)
			if c.want != "" {
				require.Equal(t, history.OK, done.Type)
				require.Equal(t, `[["append",8,1],["r",8,`+c.want+`],["append",9,1]]`, string(done.Value))
				return
			}
			require.Equal(t, history.Info, done.Type)
			require.Contains(t, string(done.Error), `: want a list of [\"r\", key, list or null] and [\"append\", key, value]"`)
		})
	}
}

// A stale read violates strict serializability, the default, but no weaker model.
func TestTxnCheck(t *testing.T) {
	for name, write := range map[string]string{"txn-rw-register": `[["w",1,1]]`, "txn-list-append": `[["append",1,1]]`} {
		h := []history.Op{
			{Type: history.Invoke, Process: 0, Value: json.RawMessage(write)},
			{Type: history.OK, Process: 0, Value: json.RawMessage(write)},
			{Type: history.Invoke, Process: 1, Value: json.RawMessage(`[["r",1,null]]`)},
			{Type: history.OK, Process: 1, Value: json.RawMessage(`[["r",1,null]]`)},
		}
		for i := range h {
			h[i].Index = i
		}
		for model, want := range map[string]check.Verdict{
			"": check.Invalid, "strict-serializable": check.Invalid, "strong-read-committed": check.Valid, "serializable": check.Valid,
		} {
			var o workload.Config
			if model != "" {
				o.ConsistencyModels = []string{model}
			}
			w, err := workload.All().New(name, o)
			require.NoError(t, err)
			require.Equal(t, want, w.Check(h).Verdict(), "%s %s", name, model)
		}
	}
}
