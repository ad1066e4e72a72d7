package jsonvalue

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Texts in the same line are the same value; texts in different lines are not.
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
					require.Equal(t, i == j, Equal(json.RawMessage(x), json.RawMessage(y)), "%s and %s", x, y)
				}
			}
		}
	}
}

// The shortcut for plain scalars gives the same result as the full path.
func TestPlainIsItsOwnKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(
			rapid.Map(rapid.String(), func(s string) string { b, _ := json.Marshal(s); return string(b) }),
			rapid.Map(rapid.Int64(), func(i int64) string { b, _ := json.Marshal(i); return string(b) }),
			rapid.Map(rapid.Float64(), func(f float64) string { b, _ := json.Marshal(f); return string(b) }),
			rapid.SampledFrom([]string{`null`, `true`, `false`, `-0`, `-0.0`, `""`, `"\u0041"`}),
		).Draw(t, "raw")
		v, err := Parse(json.RawMessage(raw))
		require.NoError(t, err)
		require.Equal(t, string(appendKey(nil, v)), Key(json.RawMessage(raw)))
	})
}
