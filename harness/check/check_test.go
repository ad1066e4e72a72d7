package check_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

func TestVerdict(t *testing.T) {
	for v, text := range map[check.Verdict]string{check.Valid: "true", check.Unknown: `"unknown"`, check.Invalid: "false"} {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, text, string(b))
		var back check.Verdict
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, v, back)
	}
	require.Equal(t, "unknown", check.Unknown.String())
	require.Equal(t, "Verdict(7)", check.Verdict(7).String())
	_, err := json.Marshal(check.Verdict(7))
	require.ErrorContains(t, err, "no verdict 7")
	var v check.Verdict
	require.ErrorContains(t, json.Unmarshal([]byte(`1`), &v), `want true, false or "unknown"`)

	require.Equal(t, check.Valid, check.Worst())
	require.Equal(t, check.Unknown, check.Worst(check.Valid, check.Unknown))
	require.Equal(t, check.Invalid, check.Worst(check.Unknown, check.Invalid, check.Valid))
}

func TestEcho(t *testing.T) {
	for _, c := range []struct {
		name, history string
		want          check.Verdict
		reasons       []string
	}{
		{"empty", ``, check.Valid, nil},
		{"same", `
			0 invoke echo "Please echo 7"
			1 invoke echo "Please echo 8"
			1 ok echo "Please\u0020echo 8"
			0 ok echo "Please echo 7"
			"nemesis" info start-partition null`, check.Valid, nil},
		{"not answered", `
			0 invoke echo "Please echo 7"
			0 info echo "x"`, check.Valid, nil},
		{"swapped", `
			0 invoke echo "Please echo 7"
			1 invoke echo "Please echo 8"
			0 ok echo "Please echo 8"
			1 ok echo null`, check.Invalid, []string{
			`"Please echo 7" was answered with "Please echo 8" at 0.002 s (op 2, process 0)`,
			`"Please echo 8" was answered with null at 0.003 s (op 3, process 1)`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check.Echo(corpus.Ops(t, c.history))
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, c.reasons, r.Reasons())
			require.Len(t, r.Errors, len(c.reasons))
		})
	}
}

// All wrong echoes count, but only some are listed, because nodes choose their size.
func TestEchoListsSome(t *testing.T) {
	for size, listed := range map[int]int{10: 128, 10_000: 52, 2 << 20: 1} {
		var h []history.Op
		for i := range 300 {
			value, err := json.Marshal(strings.Repeat("x", size))
			require.NoError(t, err)
			h = append(
				h,
				history.Op{Index: 2 * i, Type: history.Invoke, F: "echo", Value: json.RawMessage(`"y"`)},
				history.Op{Index: 2*i + 1, Type: history.OK, F: "echo", Value: value},
			)
		}
		r := check.Echo(h)
		require.Len(t, r.Errors, listed)
		require.Equal(t, 300, r.Count)
		require.Len(t, r.Reasons(), min(listed, 8)+1)
		require.Equal(t, fmt.Sprintf("… and %d more", 300-min(listed, 8)), r.Reasons()[min(listed, 8)])
	}
}

func TestUniqueIDs(t *testing.T) {
	for _, c := range []struct {
		name    string
		ids     []string
		want    check.Verdict
		dups    string
		idRange string
		reasons []string
	}{
		{"none", nil, check.Valid, `[]`, `[null,null]`, nil},
		{"integer and float", []string{`1`, `1.0`}, check.Valid, `[]`, `[1.0,1.0]`, nil},
		{"large", []string{`9007199254740993`, `9007199254740992`}, check.Valid, `[]`, `[9007199254740992,9007199254740993]`, nil},
		{"one object", []string{`{"a":1}`}, check.Valid, `[]`, `[{"a":1},{"a":1}]`, nil},
		{
			"twice",
			[]string{`"b"`, `"a"`, `"\u0061"`},
			check.Invalid, `[["a",2]]`, `["a","b"]`,
			[]string{`id "a" was given out 2 times, first at 0.003 s (op 3, process 0) and again at 0.005 s (op 5, process 0)`},
		},
		{"equal floats", []string{`1.0`, `1e0`, `-0.0`, `0.0`}, check.Invalid, `[[-0.0,2],[1.0,2]]`, `[-0.0,1.0]`, []string{
			`id 1.0 was given out 2 times, first at 0.001 s (op 1, process 0) and again at 0.003 s (op 3, process 0)`,
			`id -0.0 was given out 2 times, first at 0.005 s (op 5, process 0) and again at 0.007 s (op 7, process 0)`,
		}},
		{"number and string", []string{`1`, `"1"`, `1`}, check.Invalid, `[[1,2]]`, `[null,null]`, []string{
			`id 1 was given out 2 times, first at 0.001 s (op 1, process 0) and again at 0.005 s (op 5, process 0)`,
			`ids "1" and 1 cannot be compared, so there is no range of ids, and the reference gives no verdict: use ids of one kind, and no objects`,
		}},
		{"equal objects", []string{`{"a":1,"b":2}`, `{"b":2,"a":1}`}, check.Invalid, `[[{"a":1,"b":2},2]]`, `[null,null]`, []string{
			`id {"a":1,"b":2} was given out 2 times, first at 0.001 s (op 1, process 0) and again at 0.003 s (op 3, process 0)`,
			`ids {"a":1,"b":2} and {"a":1,"b":2} cannot be compared, so there is no range of ids, and the reference gives no verdict: use ids of one kind, and no objects`,
		}},
		{"no two alike", []string{`1`, `{"a":1}`, `[1]`}, check.Unknown, `[]`, `[null,null]`, []string{
			`ids {"a":1} and 1 cannot be compared, so there is no range of ids, and the reference gives no verdict: use ids of one kind, and no objects`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines strings.Builder
			for _, id := range c.ids {
				fmt.Fprintf(&lines, "0 invoke generate null\n0 ok generate %s\n", id)
			}
			r := check.UniqueIDs(corpus.Ops(t, lines.String()))
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, c.reasons, r.Reasons())
			b, err := json.Marshal(r)
			require.NoError(t, err)
			require.Contains(t, string(b), `"duplicated":`+c.dups)
			require.Contains(t, string(b), `"range":`+c.idRange)
		})
	}
}

func TestReasonsAreCounted(t *testing.T) {
	var lines strings.Builder
	for i := range 20 {
		fmt.Fprintf(&lines, "0 invoke generate null\n0 ok generate %[1]d\n0 invoke generate null\n0 ok generate %[1]d\n", i)
	}
	r := check.UniqueIDs(corpus.Ops(t, lines.String()))
	require.Len(t, r.Reasons(), 9)
	require.Equal(t, "… and 12 more", r.Reasons()[8])
}

func TestFewOfAShape(t *testing.T) {
	value := func(i int) string {
		return fmt.Sprintf("value %d, acknowledged at %d.%d s (op %d, process 0 on n%d), is missing", i, i, i, i, i)
	}
	sum := func(i int) string { return fmt.Sprintf("the sum is %d", i) }
	require.Equal(t,
		[]string{value(1), sum(1), value(2), value(3), "… and 2 more like it", sum(2), sum(3), sum(4), "nothing"},
		check.Few([]string{value(1), sum(1), value(2), value(3), sum(2), value(4), sum(3), value(5), sum(4), "nothing"}))
	require.Equal(t, []string{value(1), value(2), value(3), "… and 9 more", "nothing"},
		check.Few([]string{value(1), value(2), value(3), value(4), value(5), "… and 7 more", "nothing"}))
	require.Empty(t, check.Few(nil))
	require.Equal(t, check.Shape("[1,2] is on n1"), check.Shape("[3] is on n15"))
	require.NotEqual(t, check.Shape("1 is on n1"), check.Shape("1 is off n1"))
}

func TestReasonsQuoteBriefly(t *testing.T) {
	long := `"` + strings.Repeat("é", 1000) + `"`
	r := check.Echo(corpus.Ops(t, "0 invoke echo 1\n0 ok echo "+long))
	require.Equal(t, []string{
		`1 was answered with "` + strings.Repeat("é", 39) + `… (2002 bytes) at 0.001 s (op 1, process 0)`,
	}, r.Reasons())
}

func TestStats(t *testing.T) {
	h := corpus.Ops(t, `
		0 invoke read null
		0 ok read [1]
		1 invoke write 1
		1 fail write 1 ! ["abort","x"]
		1 invoke write 2
		1 info write 2 ! "net-timeout"
		2 invoke read null
		"nemesis" info start-partition "majority"`)
	s := check.NewStats(h)
	require.Equal(t, check.Invalid, s.Verdict())
	require.Equal(t, []string{"no write succeeded: of 2, 1 failed and 1 are of unknown outcome"}, s.Reasons())
	require.Equal(t, check.Counts{Valid: check.Invalid, Count: 3, OKCount: 1, FailCount: 1, InfoCount: 1}, s.Counts)
	require.Equal(t, check.Counts{Count: 1, OKCount: 1}, s.ByF["read"])
	require.Len(t, s.ByF, 2)

	s = check.NewStats(h, "write")
	require.Equal(t, check.Valid, s.Verdict())
	require.Empty(t, s.Reasons())
	require.Equal(t, check.Invalid, s.ByF["write"].Valid)
}

func TestAvailability(t *testing.T) {
	h := corpus.Ops(t, `
		0 invoke read null
		0 ok read 1
		0 invoke read null
		0 ok read 1
		0 invoke read null
		0 fail read null
		0 invoke read null
		"nemesis" info start-partition "majority"`)
	for want, verdict := range map[string]check.Verdict{
		"": check.Valid, "0": check.Valid, "0.5": check.Valid, "0.51": check.Invalid, "1": check.Invalid, "total": check.Invalid,
	} {
		a, err := check.NewAvailability(h, want)
		require.NoError(t, err)
		require.Equal(t, verdict, a.Verdict(), want)
		require.InDelta(t, 0.5, a.OKFraction, 0)
		corpus.RequireReasons(t, a)
	}
	a, err := check.NewAvailability(h, "0.9")
	require.NoError(t, err)
	require.Equal(t, []string{"2 of 4 operations succeeded, a share of 0.5; wanted: 0.9"}, a.Reasons())
	for _, bad := range []string{"most", "-0.1", "1.1", "NaN", "50%"} {
		_, err := check.NewAvailability(h, bad)
		require.ErrorContains(t, err, fmt.Sprintf(`check: availability %q: want "total" or a number from 0 to 1`, bad))
	}
}

// Malformed replies are reported with the field at fault, but do not affect the verdict, as in the reference.
func TestExceptions(t *testing.T) {
	h := corpus.Ops(t, `
		0 invoke read null
		0 info read null ! ["malformed-reply","read_ok: field \"value\" is missing",{"type":"read_ok"},"",""]
		1 invoke read null
		1 fail read null ! ["malformed-reply","read_ok: odd",{"type":"read_ok","messages":3},"c7","n1"]
		2 invoke read null
		2 info read null ! ["malformed-reply","read_ok: odd",{"type":"read_ok","messages":null},"c8","n2"]
		6 invoke read null
		6 fail read null ! ["no-code","what?","a string"]
		3 invoke read null
		3 info read null ! ["crash","malformed-reply"]
		4 invoke read null
		4 info read null ! "net-timeout"
		5 invoke read null
		5 ok read [1]`)
	e := check.NewExceptions(h)
	require.Equal(t, check.Valid, e.Verdict())
	require.Empty(t, e.Reasons())
	require.Equal(t, []string{
		`2 replies to read malformed: read_ok: odd; the first to c7 from n1 at 0.003 s (op 3, process 1): {"type":"read_ok","messages":3}`,
		`1 reply to read malformed: read_ok: field "value" is missing; the first at 0.001 s (op 1, process 0): {"type":"read_ok"}`,
		`1 reply to read with an error whose code is not an integer, but a string: it is not known what it means; the first at 0.007 s (op 7, process 6)`,
	}, e.Cautions())
	require.Equal(t, 3, e.Exceptions[0].Example.Index)

	e = check.NewExceptions(h[8:])
	require.Empty(t, e.Cautions())
	b, err := json.Marshal(e)
	require.NoError(t, err)
	require.JSONEq(t, `{"valid":true}`, string(b))

	// A node with a new fault in every reply does not fill the report.
	var many []history.Op
	for i := range 1000 {
		raw := fmt.Appendf(nil, `["malformed-reply","read_ok: fault %d",1]`, i)
		many = append(many, history.Op{Type: history.Info, F: "read", Error: raw})
	}
	e = check.NewExceptions(many)
	require.Len(t, e.Exceptions, 32)
	require.Equal(t, 968, e.Others)
	require.Contains(t, e.Cautions(), "968 replies malformed in yet other ways")
}

// FuzzCheckers runs every checker on histories that the harness would never write.
func FuzzCheckers(f *testing.F) {
	f.Add(uint64(1), []byte(`[1,2]`), []byte(`{"a":[1.5,null,"x"]}`))
	f.Add(uint64(2), []byte(`1`), []byte(`["malformed-reply","x"]`))
	f.Add(uint64(3), []byte(`[1, 1,1048576]`), []byte(`[`))
	f.Add(uint64(4), []byte(``), []byte(`1048576`))
	f.Fuzz(func(t *testing.T, seed uint64, a, b []byte) {
		r := rand.New(rand.NewPCG(seed, 0))
		types := []history.Type{history.Invoke, history.OK, history.Fail, history.Info, ""}
		fs := []string{"read", "broadcast", "generate", "echo"}
		values := []json.RawMessage{a, b, json.RawMessage(`1`), json.RawMessage(`[1]`), nil}
		h := make([]history.Op, 60)
		for i := range h {
			h[i] = history.Op{
				Index: r.IntN(100) - 50, Time: r.Int64() - r.Int64(), Process: history.Process(r.IntN(5) - 1),
				Type: types[r.IntN(len(types))], F: fs[r.IntN(len(fs))],
				Value: values[r.IntN(len(values))], Error: values[r.IntN(len(values))],
			}
		}
		availability, err := check.NewAvailability(h, "0.5")
		require.NoError(t, err)
		for _, r := range []check.Result{
			check.SetFull(h, "broadcast"), check.UniqueIDs(h), check.Echo(h), check.NewStats(h, "echo"),
			availability, check.NewExceptions(h),
		} {
			corpus.RequireReasons(t, r)
		}
	})
}

// The reference lists at most 48 duplicate ids.
func TestUniqueIDsListsSome(t *testing.T) {
	var lines strings.Builder
	for i := range 100 {
		fmt.Fprintf(&lines, "0 invoke generate null\n0 ok generate %d\n", i%50)
	}
	r := check.UniqueIDs(corpus.Ops(t, lines.String()))
	require.Equal(t, 50, r.DuplicatedCount)
	require.Len(t, r.Duplicated, 48)
	require.Equal(t, "2", string(r.Duplicated[0].ID), "the highest of those that are equally frequent")
	require.Equal(t, "49", string(r.Duplicated[47].ID))
}

func TestBrief(t *testing.T) {
	require.Equal(t, "one\ntwo", check.Brief("one\ntwo"))
	many := check.Brief(strings.Repeat("line\n", 100))
	require.Equal(t, 16, strings.Count(many, "\n"))
	require.True(t, strings.HasSuffix(many, "\n… 85 more lines"), many)
	long := check.Brief(strings.Repeat("ü", 700_000) + "\nx")
	require.Less(t, len(long), 2030)
	require.True(t, strings.HasSuffix(long, "ü… (1400002 bytes)"), long)
	require.Less(t, len(check.Brief(strings.Repeat("a\n", 3)+strings.Repeat("b", 5000))), 2030)
}
