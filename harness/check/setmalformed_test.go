package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
)

// A malformed read of a set is reported before its consequences.
func TestSetFullMalformedReads(t *testing.T) {
	for _, c := range []struct {
		read    string
		valid   check.Verdict
		reasons int
		first   string
	}{
		{`["1"]`, check.Invalid, 2, `the read at 0.003 s (op 3, process 0) returned ["1"]: that is a list with a string, which no value that was added is`},
		{`[1.0]`, check.Invalid, 2, `the read at 0.003 s (op 3, process 0) returned [1.0]: that is a list with a float, which no value that was added is`},
		{`[1,"2"]`, check.Unknown, 1, `the read at 0.003 s (op 3, process 0) returned [1,"2"]: that is a list with a string, which no value that was added is`},
		{`{"1":1}`, check.Unknown, 2, `the read at 0.003 s (op 3, process 0) returned {"1":1}: that is not a list, but an object`},
		{`7`, check.Unknown, 2, `the read at 0.003 s (op 3, process 0) returned 7: that is not a list, but an integer`},
		{`[1,9]`, check.Valid, 0, ""}, // an integer that nobody added: as in the reference, nothing is said
		{`[1]`, check.Valid, 0, ""},
		{`null`, check.Invalid, 1, "value 1, acknowledged"},
	} {
		r := check.SetFull(corpus.Ops(t, `
			0 invoke add 1
			0 ok add 1
			0 invoke read null
			0 ok read `+c.read), "add")
		require.Equal(t, c.valid, r.Verdict(), c.read)
		require.Len(t, r.Reasons(), c.reasons, c.read)
		if c.reasons > 0 {
			require.Contains(t, r.Reasons()[0], c.first)
		}
	}
	r := check.SetFull(corpus.Ops(t, `
		0 invoke add 1
		0 ok add 1
		0 invoke read null
		0 ok read 5
		0 invoke read null
		0 ok read 6`), "add")
	require.Contains(t, r.Reasons()[0], "not a list, but an integer; so did 1 read more")
}
