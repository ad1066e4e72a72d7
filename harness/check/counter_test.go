package check_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

func TestCorpusCounter(t *testing.T) {
	cases := corpus.Read[corpus.Case](t, "counter")
	require.Len(t, cases, 71)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			require.Len(t, c.Expect, 4)
			r := check.Counter(c.History)
			requireFields(t, c.Expect, r)
			corpus.RequireReasons(t, r)
		})
	}
}

// finalReads appends final reads of the values, by process 90.
func finalReads(h []history.Op, values ...string) []history.Op {
	for _, v := range values {
		invoke := history.Op{Index: len(h), Time: int64(len(h)) * 1e6, Type: history.Invoke, Process: 90, F: "read", Final: true}
		ok := invoke
		ok.Index, ok.Time, ok.Type, ok.Value = invoke.Index+1, invoke.Time+1e6, history.OK, json.RawMessage(v)
		h = append(h, invoke, ok)
	}
	return h
}

func TestCounterReasons(t *testing.T) {
	for _, c := range []struct {
		name, history string
		reads         []string
		want          check.Verdict
		reasons       []string
	}{
		{"exact", `
			0 invoke add 3
			0 ok add 3
			1 invoke read null
			1 ok read 77
			1 invoke add 9
			1 fail add 9`, []string{"3", "3"}, check.Valid, nil},
		{"nothing read", `
			0 invoke add 3
			0 ok add 3`, nil, check.Valid, nil},
		{"lost", `
			0 invoke add 3
			0 ok add 3
			1 invoke add 4
			1 ok add 4`, []string{"7", "4"}, check.Invalid, []string{
			"the final read at 0.007 s (op 7, process 90) returned 4, 3 too few: the acknowledged adds come to 7",
		}},
		{"counted twice", `
			0 invoke add 3
			0 ok add 3
			1 invoke add 10
			1 info add 10`, []string{"3", "13", "6", "23"}, check.Invalid, []string{
			"the final read at 0.009 s (op 9, process 90) returned 6, 3 too many: " +
				"the acknowledged adds come to 3, and with the 1 add of unknown outcome it may be 3 or 13",
			"the final read at 0.011 s (op 11, process 90) returned 23, 10 too many: " +
				"the acknowledged adds come to 3, and with the 1 add of unknown outcome it may be 3 or 13",
		}},
		{"no integers", ``, []string{`"0"`, `0.0`, `null`, `9223372036854775808`}, check.Invalid, []string{
			`the final read at 0.001 s (op 1, process 90) returned "0", which is not an integer of 64 bits: the acknowledged adds come to 0`,
			`the final read at 0.003 s (op 3, process 90) returned 0.0, which is not an integer of 64 bits: the acknowledged adds come to 0`,
			`the final read at 0.005 s (op 5, process 90) returned null, which is not an integer of 64 bits: the acknowledged adds come to 0`,
			`the final read at 0.007 s (op 7, process 90) returned 9223372036854775808, which is not an integer of 64 bits: the acknowledged adds come to 0`,
		}},
		{"open add", `
			0 invoke add 5
			1 invoke add 1
			1 info add 1`, []string{"0", "1", "5", "6", "3"}, check.Invalid, []string{
			"the final read at 0.012 s (op 12, process 90) returned 3, 2 too few: " +
				"the acknowledged adds come to 0, and with the 2 adds of unknown outcome it may be 0 to 1 or 5 to 6",
		}},
		{"many sums", `
			0 invoke add 10
			0 info add 10
			1 invoke add 100
			1 info add 100
			2 invoke add -1000
			2 info add -1000`, []string{"-889"}, check.Invalid, []string{
			"the final read at 0.007 s (op 7, process 90) returned -889, 1 too many: " +
				"the acknowledged adds come to 0, and with the 3 adds of unknown outcome it may be -1000, -990, -900, -890, … (4 ranges more)",
		}},
		{"beyond 64 bits", `
			0 invoke add 9223372036854775807
			0 ok add 9223372036854775807
			1 invoke add 1
			1 info add 1`, []string{"5"}, check.Unknown, []string{
			"with the add of 1 at 0.003 s (op 3, process 1) the sum needs more than 64 bits, so the final reads cannot be judged",
		}},
		{"no sum", `
			0 invoke add "x"
			0 ok add "x"`, []string{"5"}, check.Unknown, []string{
			`the add of "x" at 0.001 s (op 1, process 0) is not a 64-bit integer, so the final reads cannot be judged`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check.Counter(finalReads(corpus.Ops(t, c.history), c.reads...))
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, c.reasons, r.Reasons())
		})
	}
}

// unknownAdds is a history of adds of unknown outcome.
func unknownAdds(t testing.TB, deltas []int64) []history.Op {
	var lines strings.Builder
	for i, d := range deltas {
		fmt.Fprintf(&lines, "%[1]d invoke add %[2]d\n%[1]d info add %[2]d\n", i, d)
	}
	return corpus.Ops(t, lines.String())
}

// The ranges hold the sums of all subsets, and nothing else.
func TestCounterSums(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		deltas := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(-5, 4), rapid.Int64Range(-100, 100)), 0, 10).Draw(rt, "deltas")
		want := make(map[int64]bool)
		for subset := range 1 << len(deltas) {
			sum := int64(0)
			for i, d := range deltas {
				if subset>>i&1 == 1 {
					sum += d
				}
			}
			want[sum] = true
		}
		r := check.Counter(unknownAdds(t, deltas))
		require.False(rt, r.Inexact)
		got := make(map[int64]bool)
		for i, x := range r.Acceptable {
			require.True(rt, i == 0 || r.Acceptable[i-1].Upper+1 < x.Lower, "%v", r.Acceptable)
			for v := x.Lower; v <= x.Upper; v++ {
				got[v] = true
			}
		}
		require.Equal(rt, want, got)
	})
}

// A million sums are too many to list: a read of a possible sum is unknown, but a read of an impossible sum is invalid.
func TestCounterTooManySums(t *testing.T) {
	var deltas []int64
	for d := int64(1); len(deltas) < 20; d *= 3 {
		deltas = append(deltas, d)
	}
	slices.Reverse(deltas)
	h := unknownAdds(t, deltas)
	r := check.Counter(finalReads(h, "13"))
	require.Equal(t, check.Unknown, r.Verdict())
	require.Equal(t, []string{"the final reads cannot be judged: the sums of the 20 adds of unknown outcome are too many to list"}, r.Reasons())
	require.Less(t, len(r.Acceptable), 5000)

	r = check.Counter(finalReads(h, "13", "-1"))
	require.Equal(t, check.Invalid, r.Verdict())
	require.Len(t, r.Errors, 1)
	require.Contains(t, r.Reasons()[0], "returned -1, 1 too few")
}

func TestCounterOfExtremes(t *testing.T) {
	h := unknownAdds(t, []int64{math.MinInt64, math.MaxInt64})
	r := check.Counter(finalReads(h, "-9223372036854775808", "-1", "0", "9223372036854775807"))
	require.Equal(t, check.Valid, r.Verdict())
	r = check.Counter(finalReads(h, "1"))
	require.Equal(t, check.Invalid, r.Verdict())
	require.Contains(t, r.Reasons()[0], "returned 1, 1 too many")
	b, err := json.Marshal(r.Acceptable)
	require.NoError(t, err)
	require.Equal(t, `[[-9223372036854775808,-9223372036854775808],[-1,0],[9223372036854775807,9223372036854775807]]`, string(b))
}

// FuzzCounter checks histories that the harness would never write.
func FuzzCounter(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03"), []byte(`1`), []byte(`-1`))
	f.Add([]byte("\x00\x10\x05\x15\x4a\x8a\xff"), []byte(`9223372036854775807`), []byte(`null`))
	f.Add([]byte{}, []byte(`[`), []byte(``))
	f.Fuzz(func(t *testing.T, events, a, b []byte) {
		types := []history.Type{history.Invoke, history.OK, history.Fail, history.Info}
		values := []json.RawMessage{a, b, json.RawMessage(`7`), nil}
		var h []history.Op
		for i, e := range events {
			f := "add"
			if e&0x40 != 0 {
				f = "read"
			}
			h = append(h, history.Op{
				Index: i, Process: history.Process(e>>2&3) - 1, Type: types[e&3], F: f,
				Value: values[e>>4&3], Final: e&0x80 != 0,
			})
		}
		r := check.Counter(h)
		corpus.RequireReasons(t, r)
		require.Equal(t, len(r.Errors) > 0, r.Verdict() == check.Invalid)
		for i, x := range r.Acceptable {
			require.LessOrEqual(t, x.Lower, x.Upper)
			require.True(t, i == 0 || r.Acceptable[i-1].Upper < x.Lower-1)
		}
	})
}

func BenchmarkCounter(b *testing.B) {
	deltas := make([]int64, 1000)
	for i := range deltas {
		deltas[i] = int64(i*i*7919) % 1_000_003
	}
	h := finalReads(unknownAdds(b, deltas), "0")
	for b.Loop() {
		check.Counter(h)
	}
}
