package elle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
)

// The returned micro-operations may differ from the requested ones; the reference looks only at the returned ones.
func TestAnswers(t *testing.T) {
	const other = "\n1 invoke [[\"w\",8,1]]\n1 ok [[\"w\",8,1]]\n1 invoke [[\"r\",8,null]]\n1 ok [[\"r\",8,1]]"
	for _, c := range []struct {
		name, asked, returned string
		want                  check.Verdict
		reason                string
	}{
		{"the same", `[["r",9,null],["w",9,1]]`, `[["r",9,null],["w",9,1]]`, check.Valid, ""},
		{"other spelling", `[["r",{"a":1,"b":2},null],["w",9,"a"]]`, `[["r",{"b":2,"a":1},null],["w",9,"\u0061"]]`, check.Valid, ""},
		{"nothing", `[["r",9,null],["w",9,1]]`, `[]`, check.Invalid, "asked for 2 micro-operations and returned 0; Maelstrom judges only what was returned"},
		{"null", `[["r",9,null],["w",9,1]]`, `null`, check.Invalid, "asked for 2 micro-operations and returned 0"},
		{"too much", `[["w",9,1]]`, `[["w",9,1],["r",9,1]]`, check.Invalid, "asked for 1 micro-operations and returned 2"},
		{"another key", `[["r",9,null]]`, `[["r","9",null]]`, check.Unknown, `returned ["r","9",null] where it was asked for ["r",9,null], at which Maelstrom's checker gives up`},
		{"another value", `[["w",9,1]]`, `[["w",9,1.0]]`, check.Unknown, `returned ["w",9,1.0] where`},
		{"another order", `[["w",9,1],["r",8,null]]`, `[["r",8,null],["w",9,1]]`, check.Unknown, `returned ["r",8,null] where it was asked for ["w",9,1]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := elle.Register(ops(t, "0 invoke "+c.asked+"\n0 ok "+c.returned+other), elle.Options{})
			require.Equal(t, c.want, r.Valid, r.Reasons())
			if c.want == check.Valid {
				require.Empty(t, r.Reasons())
				return
			}
			require.Contains(t, r.Reasons()[0], c.reason)
		})
	}
	// For lists, the reference gives up in either case.
	for _, returned := range []string{`[]`, `null`, `[["append",8,1],["append",8,2]]`, `[["append",9,1]]`, `[["append",8,2]]`} {
		h := ops(t, "0 invoke [[\"append\",8,1]]\n0 ok "+returned+"\n1 invoke [[\"append\",7,1]]\n1 ok [[\"append\",7,1]]\n1 invoke [[\"r\",7,null]]\n1 ok [[\"r\",7,[1]]]")
		r := elle.Append(h, elle.Options{})
		require.Equal(t, check.Unknown, r.Valid, returned)
		require.Contains(t, r.Reasons()[0], "at which Maelstrom's checker gives up")
	}
	// A transaction that failed, or whose outcome is unknown, returns nothing.
	for _, end := range []string{"fail", "info"} {
		r := elle.Register(ops(t, "0 invoke [[\"w\",9,1]]\n0 "+end+" null"+other), elle.Options{})
		require.Equal(t, check.Valid, r.Valid, r.Reasons())
	}
}
