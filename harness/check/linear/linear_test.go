package linear_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/check/linear"
	"glomers/harness/history"
)

func TestCorpus(t *testing.T) {
	cases := corpus.Read[corpus.Case](t, "linkv")
	require.Len(t, cases, 133)
	porcupine := 0
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var expect struct {
				Valid     check.Verdict
				Results   [][2]json.RawMessage
				Failures  []json.RawMessage
				Porcupine *check.Verdict
			}
			b, err := json.Marshal(c.Expect)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(b, &expect))
			require.Contains(t, []int{3, 4}, len(c.Expect))

			r := linear.Check(c.History, 0)
			require.Equal(t, expect.Valid, r.Valid)
			require.Equal(t, expect.Failures, r.Failures)
			require.Len(t, r.Results, len(expect.Results))
			for i, want := range expect.Results {
				got := r.Results[i]
				require.Equal(t, string(want[0]), string(got.Key))
				require.JSONEq(t, string(want[1]), fmt.Sprintf(`{"valid":%v}`, got.Valid == check.Valid))
				require.NotEqual(t, check.Unknown, got.Valid)
				require.Equal(t, got.Valid == check.Invalid, len(got.Window) > 0)
			}
			corpus.RequireReasons(t, r)
			require.Len(t, r.Reasons(), len(r.Failures))
			if expect.Porcupine != nil {
				// Its model of these histories takes a read of null for one of a missing key. None of them shows the difference.
				require.Equal(t, *expect.Porcupine, r.Valid)
				porcupine++
			}
		})
	}
	require.Equal(t, 26, porcupine)
}

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		name, history string
		want          check.Verdict
		reasons       []string
	}{
		{"empty", ``, check.Valid, nil},
		{"concurrent writes in the order that the reads show", `
			0 invoke write [7,1]
			1 invoke write [7,2]
			0 ok write [7,1]
			1 ok write [7,2]
			2 invoke read [7,null]
			2 ok read [7,1]`, check.Valid, nil},
		{"null fits anything", `
			0 invoke write [7,1]
			0 ok write [7,1]
			2 invoke read [7,null]
			2 ok read [7,null]
			2 invoke read [7,null]
			2 ok read [7,1]`, check.Valid, nil},
		{"a swap of null", `
			0 invoke cas [7,[null,3]]
			0 ok cas [7,[null,3]]
			0 invoke read [7,null]
			0 ok read [7,3]`, check.Valid, nil},
		{"a swap that was not acknowledged and did not happen", `
			0 invoke cas [7,[2,3]]
			0 info cas [7,[2,3]]
			1 invoke write [7,2]
			1 ok write [7,2]
			1 invoke read [7,null]
			1 ok read [7,2]
			1 invoke read [7,null]
			1 ok read [7,2]`, check.Valid, nil},
		{"stale", `
			0 invoke write [7,1]
			0 ok write [7,1]
			1 invoke read [7,null]
			1 ok read [7,1]
			0 invoke write [7,2]
			0 ok write [7,2]
			2 invoke read [7,null]
			1 invoke read [7,null]
			1 ok read [7,2]
			3 invoke write [7,4]
			2 ok read [7,1]
			3 ok write [7,4]`, check.Invalid, []string{`key 7 is not linearizable: no order of these operations explains their results, whatever the value was before
process 2 read 1 between 0.006 s and 0.010 s (ops 6 and 10)
process 1 read 2 between 0.007 s and 0.008 s (ops 7 and 8)`}},
		{"never written", `
			0 invoke write [7,1]
			0 ok write [7,1]
			0 invoke write ["x",1]
			0 ok write ["x",1]
			1 invoke read ["x",null]
			1 ok read ["x",{"a":[1.5]}]
			1 invoke read [7,null]
			1 ok read [7,2]`, check.Invalid, []string{`key "x" is not linearizable: no order of these operations explains their results, whatever the value was before
process 0 wrote 1 between 0.002 s and 0.003 s (ops 2 and 3)
process 1 read {"a":[1.5]} between 0.004 s and 0.005 s (ops 4 and 5)`, `key 7 is not linearizable: no order of these operations explains their results, whatever the value was before
process 0 wrote 1 between 0.000 s and 0.001 s (ops 0 and 1)
process 1 read 2 between 0.006 s and 0.007 s (ops 6 and 7)`}},
		{"from the start", `
			0 invoke cas [7,[1,2]]
			0 ok cas [7,[1,2]]`, check.Invalid, []string{`key 7 is not linearizable: no order of these operations explains their results, as it was null at first
process 0 replaced 1 by 2 between 0.000 s and 0.001 s (ops 0 and 1)`}},
		{"a failed write takes effect", `
			0 invoke write [7,1]
			0 fail write [7,1]
			1 invoke read [7,null]
			1 ok read [7,1]`, check.Invalid, []string{`key 7 is not linearizable: no order of these operations explains their results, as it was null at first
process 1 read 1 between 0.002 s and 0.003 s (ops 2 and 3)`}},
		{"one write cannot come twice", `
			4 invoke write [7,3]
			5 invoke cas [7,[9,5]]
			4 info write [7,3]
			0 invoke write [7,1]
			0 ok write [7,1]
			1 invoke read [7,null]
			1 ok read [7,3]
			0 invoke cas [7,[3,1]]
			0 ok cas [7,[3,1]]
			1 invoke read [7,null]
			2 invoke read [7,null]
			2 ok read [7,1]
			1 ok read [7,3]`, check.Invalid, []string{`key 7 is not linearizable: no order of these operations explains their results, whatever the value was before
process 4 may have written 3 at some time after 0.000 s (op 0)
process 0 wrote 1 between 0.003 s and 0.004 s (ops 3 and 4)
process 0 replaced 3 by 1 between 0.007 s and 0.008 s (ops 7 and 8)
process 1 read 3 between 0.009 s and 0.012 s (ops 9 and 12)`}},
		{"no pair", `
			1 invoke write [7,1]
			0 invoke write 7`, check.Unknown, []string{
			"the write at 0.001 s (op 1, process 0) has the value 7, not [key, value], so the registers cannot be judged",
		}},
		{"no pair read", `
			0 invoke read [7,null]
			0 ok read [7]`, check.Unknown, []string{
			"the read at 0.001 s (op 1, process 0) has the value [7], not [key, value], so the registers cannot be judged",
		}},
		{"no swap", `
			0 invoke cas [7,1]`, check.Unknown, []string{
			"the cas at 0.000 s (op 0, process 0) has the value [7,1], not [key, [from, to]], so the registers cannot be judged",
		}},
		{"no operation", `
			0 invoke incr [7,1]`, check.Unknown, []string{
			`"incr" at 0.000 s (op 0, process 0) is not an operation on a register, so the registers cannot be judged`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := linear.Check(corpus.Ops(t, c.history), 0)
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, c.reasons, r.Reasons())
		})
	}
}

// A violation among many operations is told in few lines.
func TestLongReason(t *testing.T) {
	var lines strings.Builder
	for i := range 40 {
		fmt.Fprintf(&lines, "%d invoke write [0,%d]\n", i, i)
	}
	for i := range 40 {
		fmt.Fprintf(&lines, "%d ok write [0,%d]\n", i, i)
	}
	lines.WriteString("0 invoke read [0,null]\n0 ok read [0,1]\n0 invoke read [0,null]\n0 ok read [0,2]\n")
	r := linear.Check(corpus.Ops(t, lines.String()), 0)
	require.Equal(t, check.Invalid, r.Valid)
	require.Contains(t, r.Reasons()[0], "(ops 82 and 83)")
	require.LessOrEqual(t, strings.Count(r.Reasons()[0], "\n"), 13)
}

// Values that are written once need no search, however many clients are open.
func TestByZones(t *testing.T) {
	open := func(reads ...int) []history.Op {
		var lines strings.Builder
		for i := range 40 {
			fmt.Fprintf(&lines, "%d invoke write [0,%d]\n%d info write [0,%d]\n", i, i, i, i)
		}
		for _, v := range reads {
			fmt.Fprintf(&lines, "90 invoke read [0,null]\n90 ok read [0,%d]\n", v)
		}
		return corpus.Ops(t, lines.String())
	}
	require.Equal(t, check.Valid, linear.Check(open(39, 3, 7), 0).Valid)
	r := linear.Check(open(39, 3, 39), 0)
	require.Equal(t, []string{"key 0 is not linearizable: no order of these operations explains their results, as it was null at first\n" +
		"process 3 may have written 3 at some time after 0.006 s (op 6)\n" +
		"process 39 may have written 39 at some time after 0.078 s (op 78)\n" +
		"process 90 read 39 between 0.080 s and 0.081 s (ops 80 and 81)\n" +
		"process 90 read 3 between 0.082 s and 0.083 s (ops 82 and 83)\n" +
		"process 90 read 39 between 0.084 s and 0.085 s (ops 84 and 85)"}, r.Reasons())
	require.Equal(t, check.Invalid, linear.Check(open(39, 40), 0).Valid, "nobody wrote 40")

	// A cas reads and writes.
	lines := "90 invoke cas [0,[39,50]]\n90 ok cas [0,[39,50]]\n90 invoke read [0,null]\n90 ok read [0,39]\n"
	require.Equal(t, check.Invalid, linear.Check(slices.Concat(open(3, 39), corpus.Ops(t, lines)), 0).Valid)
}

func TestJSON(t *testing.T) {
	r := linear.Check(corpus.Ops(t, `
		0 invoke write ["a",1]
		0 ok write ["a",1]
		0 invoke read [2,null]
		0 ok read [2,1]`), 0)
	b, err := json.Marshal(r)
	require.NoError(t, err)
	require.JSONEq(t, `{"valid":false,"failures":[2],"results":[
		["a",{"valid":true,"operations":1}],
		[2,{"valid":false,"operations":1,"window":[2],"picture":"violation-1.html"}]]}`, string(b))
}

// hard has a write of 0 and then n concurrent operations that replace 0 by 1 or 1 by 0, as many of either kind, and after all a
// read of 1: all orders must be looked at, but for those which are the same to the model.
func hard(t testing.TB, n int) []history.Op {
	var lines strings.Builder
	fmt.Fprintf(&lines, "%[1]d invoke write [0,0]\n%[1]d ok write [0,0]\n", n)
	for _, typ := range []string{"invoke", "ok"} {
		for i := range n {
			fmt.Fprintf(&lines, "%d %s cas [0,[%d,%d]]\n", i, typ, i%2, 1-i%2)
		}
	}
	fmt.Fprintf(&lines, "%[1]d invoke read [0,null]\n%[1]d ok read [0,1]\n", n)
	return corpus.Ops(t, lines.String())
}

func TestGivesUp(t *testing.T) {
	require.Equal(t, check.Invalid, linear.Check(hard(t, 10), 0).Valid)

	h := append(hard(t, 40), corpus.Ops(t, `
		90 invoke write [1,5]
		90 ok write [1,5]`)...)
	for i := range h {
		h[i].Index = i
	}
	r := linear.Check(h, 100_000)
	require.Equal(t, check.Unknown, r.Valid)
	require.Equal(t, []string{"key 0 cannot be judged: 42 operations, 0 of unknown outcome, have more orders than can be tried in 100000 steps"}, r.Reasons())
	require.Empty(t, r.Failures)
	require.Empty(t, r.Artifacts())
	require.Equal(t, []check.Verdict{check.Unknown, check.Valid}, []check.Verdict{r.Results[0].Valid, r.Results[1].Valid})

	// What is certain counts for more.
	h = append(h, corpus.Ops(t, `
		90 invoke read [2,5]
		90 ok read [2,5]`)...)
	r = linear.Check(h, 100_000)
	require.Equal(t, check.Invalid, r.Valid)
	require.Len(t, r.Reasons(), 1)
	require.Contains(t, r.Reasons()[0], "key 2 is not linearizable")
}

// In virtual time, where no timer fires while something computes, the search gives up as well, and gives
// the same result.
func TestInVirtualTime(t *testing.T) {
	stale := corpus.Ops(t, `
		0 invoke write [7,1]
		0 ok write [7,1]
		1 invoke read [7,null]
		1 ok read [7,2]`)
	outside := linear.Check(stale, 0)
	synctest.Test(t, func(t *testing.T) {
		require.Equal(t, check.Unknown, linear.Check(hard(t, 40), 100_000).Valid)
		inside := linear.Check(stale, 0)
		require.Equal(t, outside.Reasons(), inside.Reasons())
		require.Contains(t, inside.Artifacts(), "violation-1.html")
	})
}

func TestArtifacts(t *testing.T) {
	var lines strings.Builder
	for key := range 10 {
		fmt.Fprintf(&lines, "0 invoke write [%[1]d,1]\n0 ok write [%[1]d,1]\n", key)
		fmt.Fprintf(&lines, "1 invoke cas [%[1]d,[\"</script>\",3]]\n1 info cas [%[1]d,[\"</script>\",3]]\n", key)
		fmt.Fprintf(&lines, "2 invoke read [%[1]d,null]\n2 ok read [%[1]d,3]\n", key)
	}
	r := linear.Check(corpus.Ops(t, lines.String()), 0)
	files := r.Artifacts()
	require.Len(t, r.Failures, 10)
	require.Len(t, files, 8, "as many as are described")
	for i, res := range r.Results {
		if i >= 8 {
			require.Empty(t, res.Picture)
			continue
		}
		page := string(files[res.Picture])
		require.Contains(t, page, "<html")
		require.Contains(t, page, `"Description":"write 1"`)
		require.Contains(t, page, `process 2 read 3 between`)
		require.NotContains(t, page, `"</script>`)
	}
	require.Contains(t, r.Reasons(), "… and 2 more")

	fine := linear.Check(corpus.Ops(t, `0 invoke write [0,1]`), 0)
	require.Empty(t, fine.Artifacts())
}

// FuzzCheck checks histories that no harness would write.
func FuzzCheck(f *testing.F) {
	f.Add([]byte("\x00\x11\x02\x13\x20\x31\x00\x41"), []byte(`[0,1]`), []byte(`[0,[1,2]]`))
	f.Add([]byte("\x04\x08\x05\x0a\x14\x15\x44\x45\x84\x85"), []byte(`[{"a":1},null]`), []byte(`[[],[2,"x"]]`))
	f.Add([]byte("\x04\x05"), []byte(`[`), []byte(``))
	f.Fuzz(func(t *testing.T, events, a, b []byte) {
		types := []history.Type{history.Invoke, history.OK, history.Fail, history.Info}
		values := []json.RawMessage{a, b, json.RawMessage(`[0,1]`), json.RawMessage(`[0,[1,2]]`)}
		var h []history.Op
		for i, e := range events[:min(len(events), 300)] {
			h = append(h, history.Op{
				Index: i, Process: history.Process(e>>2&3) - 1, Type: types[e&3],
				F: []string{"read", "write", "cas", "cas"}[e>>6], Value: values[e>>4&3],
			})
		}
		r := linear.Check(h, 10_000)
		corpus.RequireReasons(t, r)
		require.Equal(t, len(r.Failures) > 0, r.Valid == check.Invalid)
		require.Len(t, r.Artifacts(), min(len(r.Failures), 8))
		_, err := json.Marshal(r)
		if json.Valid(a) && json.Valid(b) {
			require.NoError(t, err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	for _, processes := range []int{4, 10} {
		h := clients(rand.New(rand.NewPCG(1, 2)), 10_000, processes, 0, func() bool { return false }, false)
		b.Run(fmt.Sprintf("%d clients", processes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.Equal(b, check.Valid, linear.Check(h, 0).Valid)
			}
		})
	}
}
