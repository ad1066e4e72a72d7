package linear_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/check/linear"
)

// A register by itself is judged like one with a key.
func TestSingle(t *testing.T) {
	for _, c := range []struct {
		history string
		want    check.Verdict
	}{
		{`
			0 invoke write 3
			0 ok write 3
			1 invoke read null
			1 ok read 3`, check.Valid},
		{`
			0 invoke write 3
			0 ok write 3
			1 invoke read null
			1 ok read 4`, check.Invalid},
		{`
			0 invoke cas [3,4]
			1 invoke write 3
			1 ok write 3
			0 ok cas [3,4]
			1 invoke read null
			1 ok read 4`, check.Valid},
		{`
			0 invoke cas [3,4]
			1 invoke write 3
			1 ok write 3
			0 fail cas [3,4]
			1 invoke read null
			1 ok read 4`, check.Invalid},
		{`
			0 invoke write 3
			0 ok write 3
			1 invoke read [0,null]
			1 ok read [0,3]`, check.Unknown}, // one or several?
	} {
		r := linear.Check(corpus.Ops(t, c.history), 0)
		require.Equal(t, c.want, r.Verdict(), "%s: %v", c.history, r.Reasons())
	}
}
