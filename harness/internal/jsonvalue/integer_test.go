package jsonvalue

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Integers compare and round like those of math/big.
func TestInteger(t *testing.T) {
	t.Parallel()
	integer := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20}|1[0-9]{300,320})`)
	rapid.Check(t, func(t *rapid.T) {
		var texts [2]string
		var got [2]Integer
		var want [2]*big.Int
		for i := range texts {
			texts[i] = integer.Draw(t, "integer")
			v, err := Parse(json.RawMessage(texts[i]))
			require.NoError(t, err)
			got[i] = v.(Integer)
			want[i], _ = new(big.Int).SetString(texts[i], 10)
			require.Equal(t, want[i].String(), string(got[i]))
			f, _ := new(big.Float).SetInt(want[i]).Float64()
			require.Equal(t, f, got[i].Float())
		}
		require.Equal(t, want[0].Cmp(want[1]), got[0].Compare(got[1]))
		require.Equal(t, want[0].Cmp(want[1]) == 0, Equal(json.RawMessage("["+texts[0]+"]"), json.RawMessage("["+texts[1]+"]")))
	})
}

// A node chooses the number of digits. In quadratic time, this test would take hours.
func TestIntegerOfManyDigits(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("7", 20_000_000)
	a, b := json.RawMessage("["+digits+"]"), json.RawMessage("["+digits+"8]")
	require.True(t, Equal(a, json.RawMessage("[ "+digits+"]")))
	require.False(t, Equal(a, b))
	v, err := Parse(b)
	require.NoError(t, err)
	require.Equal(t, 1, v.([]any)[0].(Integer).Compare(Integer(digits)))
}
