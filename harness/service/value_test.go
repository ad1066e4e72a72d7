package service

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Texts in one line are the same value; those of different lines are not.
func TestEqual(t *testing.T) {
	classes := [][]string{
		{`null`},
		{`true`},
		{`false`},
		{`0`, `-0`},
		{`0.0`, `-0.0`, `0e5`, `1e-400`},
		{`1`},
		{`1.0`, `1e0`, `10e-1`, `1.00`},
		{`-1`},
		{`-1.0`},
		{`9007199254740992`},
		{`9007199254740993`},
		{`9007199254740992.0`, `9007199254740993.0`},
		{`123456789012345678901234567890`},
		{`123456789012345678901234567891`},
		{`1e400`, `1e401`},
		{`-1e400`},
		{`""`},
		{`"null"`},
		{`"1"`, `"\u0031"`},
		{`"é"`, `"\u00e9"`, `"\u00E9"`},
		{`"e\u0301"`},
		{`"\n"`, `"\u000a"`},
		{`"n"`},
		{`"\\n"`},
		{`"😀"`, `"\ud83d\ude00"`},
		{`"/"`, `"\/"`},
		{`"\""`},
		{`"\u007f"`, "\"\x7f\""},
		{`[]`},
		{`[null]`},
		{`[[]]`},
		{`[1,2]`, `[1, 2]`},
		{`[2,1]`},
		{`[1,2.0]`, `[1,2e0]`},
		{`["1,2"]`},
		{`["1","2"]`},
		{`{}`},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, `{ "b" : 2, "a" : 1 }`, `{"a":0,"b":2,"a":1}`},
		{`{"a":1}`, `{"\u0061":1}`},
		{`{"a":1.0}`},
		{`{"a":[{"x":1,"y":2}]}`, `{"a":[{"y":2,"x":1}]}`},
	}
	for i, a := range classes {
		for j, b := range classes {
			for _, x := range a {
				for _, y := range b {
					require.Equal(t, i == j, equal(json.RawMessage(x), json.RawMessage(y)), "%s and %s", x, y)
				}
			}
		}
	}
}

// The short cut for plain scalars gives what the long way gives.
func TestPlainIsCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(
			rapid.Map(rapid.String(), func(s string) string { b, _ := json.Marshal(s); return string(b) }),
			rapid.Map(rapid.Int64(), func(i int64) string { b, _ := json.Marshal(i); return string(b) }),
			rapid.Map(rapid.Float64(), func(f float64) string { b, _ := json.Marshal(f); return string(b) }),
			rapid.SampledFrom([]string{`null`, `true`, `false`, `-0`, `-0.0`, `""`, `"\u0041"`}),
		).Draw(t, "raw")
		dec := json.NewDecoder(strings.NewReader(raw))
		dec.UseNumber()
		var v any
		require.NoError(t, dec.Decode(&v))
		require.Equal(t, string(appendCanonical(nil, v)), canonical(json.RawMessage(raw)))
	})
}

// Error texts quote values, but not whole logs.
func TestClip(t *testing.T) {
	require.Equal(t, `[1,"a b"]`, clip(json.RawMessage(`[1, "a b"]`)))
	for n := range 10 {
		got := clip(json.RawMessage(`"` + strings.Repeat("x", 90+n) + strings.Repeat("é", 1000) + `"`))
		require.LessOrEqual(t, len(got), 103)
		require.Greater(t, len(got), 95)
		require.True(t, utf8.ValidString(got))
		require.True(t, strings.HasSuffix(got, "…"))
	}
	require.LessOrEqual(t, len(clip(json.RawMessage(strings.Repeat("\x80", 1000)))), 103, "no text at all")
}
