package weak_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/weak"
)

// Beyond the limit, causal consistency is undecided; the levels below it are decided.
func TestTooLargeForCausal(t *testing.T) {
	h := replicated(1000, 20, 10)
	require.Equal(t, [weak.NumLevels]weak.Verdict{}, weak.Decide(h).Levels)
	defer weak.SetMaxCausal(weak.SetMaxCausal(len(h.Txns)*20 - 1))
	res := weak.Decide(h)
	require.True(t, res.TooLarge)
	require.Equal(t, [weak.NumLevels]weak.Verdict{weak.ReadCommitted: weak.Holds, weak.Causal: weak.Undecided}, res.Levels)
	weak.SetMaxCausal(len(h.Txns) * 20)
	require.False(t, weak.Decide(h).TooLarge)
}
